// `gpc-replay TRACE`: imports, replays and reports in one go.

import ArgumentParser
import Pipeline

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Import a recording, replay it and report (the default).",
    discussion: "Example: gpc-replay run traces/missed/stale-hva/trace.txt.zst")

  @OptionGroup var input: InputArguments
  @OptionGroup var replay: ReplayArguments
  @OptionGroup var report: ReportArguments

  func run() throws {
    let outcome = try RecordingImport(input.request, replay: try replay.request(), .terminal).run()
    throw try report.show(outcome.recording)
  }
}
