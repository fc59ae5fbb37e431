// `gpc-replay replay DB`: replays an imported recording again and reports.

import ArgumentParser
import Pipeline
import TraceStore

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay the recording of a database again, with other thresholds, and report.",
    discussion: """
      Example:
        gpc-replay import traces/retries/unrelated/trace.txt.zst
        gpc-replay replay trace.db --retries-max 100 --stall-max 50ms
      """)

  @Argument(help: "A database written by gpc-replay.")
  var database: String

  @OptionGroup var replay: ReplayArguments
  @OptionGroup var report: ReportArguments

  func run() throws {
    let recording = Recording(try TraceDatabase(at: database), path: database, .terminal)
    try recording.replay(try replay.request())
    throw try report.show(recording)
  }
}
