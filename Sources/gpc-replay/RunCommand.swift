// `gpc-replay TRACE`: imports, replays and reports in one go.

import ArgumentParser
import Report
import TraceStore

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Imports a recording, replays it and reports (the default).",
    discussion: "Example: gpc-replay run traces/missed/stale-hva/trace.txt.zst")

  @OptionGroup var input: InputArguments
  @OptionGroup var replay: ReplayArguments
  @OptionGroup var report: ReportArguments

  func run() throws {
    let importer = TraceImporter(input, replay: replay, kernel: try replay.form.asked())
    let outcome = try importer.run()
    do {
      throw try show(outcome.database, path: importer.path, report)
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }
}
