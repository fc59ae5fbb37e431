// `gpc-replay report DB`: the report of a database, which stays as it is.

import ArgumentParser
import Pipeline
import TraceStore

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show the report of a database, without changing it.",
    discussion: """
      `gpc-replay DB` is the same. Of a fleet database (`gpc-replay merge`) it is about all its recordings.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst
        gpc-replay report trace.db --cache 3 --findings all
        gpc-replay report trace.db -o report.html
      """)

  @Argument(help: "A database written by gpc-replay.", completion: .file(extensions: ["db"]))
  var database: String

  @OptionGroup var page: PageArguments
  @OptionGroup var report: ReportArguments

  mutating func validate() throws {
    if page.output != nil && (report.json || report.ktap) {
      throw ValidationError("-o writes a page; --json and --ktap print.")
    }
  }

  func run() throws {
    if try FleetDatabase.isOne(database) { throw try report.show(FleetDatabase(at: database), page) }
    throw try report.show(Recording(try TraceDatabase(at: database), path: database, .terminal), page)
  }
}
