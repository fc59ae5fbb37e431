// `gpc-replay TRACE`: imports, replays and reports in one go.

import ArgumentParser
import Pipeline
import TraceStore

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Import a recording, replay it and report (the default); of a database, show its report.",
    discussion: "Example: gpc-replay run traces/missed/stale-hva/trace.txt.zst")

  @OptionGroup var input: InputArguments
  @OptionGroup var replay: ReplayArguments
  @OptionGroup var report: ReportArguments

  func run() throws {
    if let database = input.database {
      guard !replay.isGiven && !input.options.isGiven else {
        throw ValidationError(
          "\(database) is a database: its recording is in it already, and gpc-replay replay judges it by other settings."
        )
      }
      if try FleetDatabase.isOne(database) { throw try report.show(FleetDatabase(at: database)) }
      throw try report.show(Recording(try TraceDatabase(at: database), path: database, .terminal))
    }
    let outcome = try RecordingImport(input.request, replay: try replay.request(), .terminal).run()
    throw try report.show(outcome.recording)
  }
}
