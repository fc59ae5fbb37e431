// `gpc-replay diff A.db B.db`: two recordings beside each other, before and after a patch.

import ArgumentParser
import Page
import Report
import TraceStore

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two recordings: rates, percentiles, causes and findings, by cache and by task.",
    discussion: """
      Counts are compared as rates, so the recordings need not be of one length. Caches are matched by what they map (guest \
      address, or else host address), tasks by their names.

      Example:
        gpc-replay run traces/retries/unrelated/trace.txt.zst --db before.db
        gpc-replay run traces/retries/overlap/trace.txt.zst --db after.db
        gpc-replay diff before.db after.db
        gpc-replay diff before.db after.db -o diff.html
      """)

  @Argument(help: "The database of the recording before.", completion: .file(extensions: ["db"]))
  var before: String

  @Argument(help: "The database of the recording after.", completion: .file(extensions: ["db"]))
  var after: String

  @Flag(help: "Print the comparison as one JSON document.")
  var json = false

  @OptionGroup var page: PageArguments
  @OptionGroup var terminal: TerminalArguments

  mutating func validate() throws {
    if json && page.output != nil { throw ValidationError("-o writes a page; --json prints.") }
  }

  func run() throws {
    let diff = RecordingDiff(before: try figures(before), after: try figures(after))
    if json { return try printOut(JSONReport.text(diff)) }
    if let path = page.output {
      try checkOutput(path, isNot: before, after)
      return try page.write(DiffPage(diff, before: before, after: after).text, to: path)
    }
    try terminal.show(diff.lines(before: before, after: after, width: terminal.width))
  }

  private func figures(_ path: String) throws -> RecordingFigures {
    let database = try TraceDatabase(at: path)
    guard try database.replaySettings() != nil else {
      throw fail("\(path) was imported, but not replayed: gpc-replay replay \(path) judges it.")
    }
    return try RecordingFigures(database)
  }
}
