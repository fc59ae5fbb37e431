// `gpc-replay replay DB`: replays an imported recording again and reports.

import ArgumentParser
import Forms
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceStore

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replays a database's recording again, with other thresholds, and reports.",
    discussion: """
      Example:
        gpc-replay import traces/retries/unrelated/trace.txt.zst
        gpc-replay replay trace.db --retries-max 100 --stall-max 50ms
      """)

  @Argument(help: "A database that gpc-replay wrote.")
  var database: String

  @OptionGroup var replay: ReplayArguments
  @OptionGroup var report: ReportArguments

  func run() throws {
    do {
      let store = try TraceDatabase(at: database)
      try replayStored(store, replay.options(for: store), kernel: replay.kernelForm())
      throw try show(store, path: database, report)
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }
}

/// Replays the database's own events and puts the results in place of the former ones: again, as long as fields show
/// that they are not what their probes were to read (evidence, rule 20).
func replayStored(_ store: TraceDatabase, _ options: ReplayOptions, kernel: ProtocolForm) throws {
  var options = options
  repeat {
    let leftOut = try replayOnce(store, options, kernel: kernel)
    if leftOut.isEmpty { return }
    options.unusedFields += leftOut
  } while true
}

/// - Returns: fields that were used and should not be.
private func replayOnce(
  _ store: TraceDatabase, _ options: ReplayOptions, kernel: ProtocolForm
) throws -> [ImplausibleField] {
  var leftOut: [ImplausibleField] = []
  try store.replaceResults(settings: settings(options, kernel: kernel)) { (writer) throws(TraceStoreError) in
    var replayer = Replayer(form: kernel, asked: ProtocolForm.all, options: options)
    let events = try store.events()
    var batch: [RecordedEvent] = []
    var rows: [ReplayRow] = []
    while try events.read(into: &batch, upTo: 4096) {
      replayer.consume(batch)
      replayer.takeRows(into: &rows)
      try writer.write(rows)
    }
    replayer.finish()
    try writer.write(replayer.takeRows())
    leftOut = replayer.fieldsToLeaveOut
  }
  return leftOut
}

func settings(_ options: ReplayOptions, kernel: ProtocolForm) -> ReplaySettings {
  ReplaySettings(
    toolVersion: Tool.version, form: kernel.id, deltaNs: options.deltaNs,
    retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
}

/// Prints the report and gives the exit status that its verdict asks for.
func show(_ store: TraceDatabase, path: String?, _ arguments: ReportArguments) throws -> ExitCode {
  let report = try Report(store, findingsMax: arguments.findingsMax)
  let text =
    try arguments.json
    ? JSONReport.text(report) : TextReport(report, database: path, shownMax: arguments.findingsMax).text
  try printOut(text)
  return ExitCode(report.verdict.exitCode)
}
