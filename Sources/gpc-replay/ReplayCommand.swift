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
      try replayStored(store, replay.options(for: store), kernel: replay.form.asked())
      throw try show(store, path: database, report)
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }
}

/// Replays the database's own events and puts the results in place of the former ones: again, as long as fields show
/// that they are not what their probes were to read (evidence, rule 20), and where the whole recording speaks for
/// another form than its begin (rule 26).
/// - Parameter kernel: what divergences are counted from; nil: the form that what is recorded speaks for.
func replayStored(_ store: TraceDatabase, _ options: ReplayOptions, kernel: KernelForm?) throws {
  let release = try store.facts().kernelRelease
  var (options, kernel) = (options, kernel)
  repeat {
    var pass = ReplayPass(kernel: kernel, release: release, options: options)
    try replayOnce(store, options, &pass)
    if pass.fieldsToLeaveOut.isEmpty && pass.isRight { return }
    if pass.fieldsToLeaveOut.isEmpty { kernel = pass.spokenFor }
    options.unusedFields += pass.fieldsToLeaveOut
  } while true
}

private func replayOnce(_ store: TraceDatabase, _ options: ReplayOptions, _ pass: inout ReplayPass) throws {
  try store.replaceResults { (writer) throws(TraceStoreError) in
    let events = try store.events()
    var batch: [RecordedEvent] = []
    var rows: [ReplayRow] = []
    while try events.read(into: &batch, upTo: 4096) {
      pass.consume(batch, into: &rows)
      try writer.write(rows)
    }
    try writer.write(pass.finish(mayHideLoss: options.mayHideLoss))
    return settings(options, kernel: pass.kernel)
  }
}

func settings(_ options: ReplayOptions, kernel: KernelForm) -> ReplaySettings {
  ReplaySettings(
    toolVersion: Tool.version, form: kernel.form.id, formReason: kernel.reason, deltaNs: options.deltaNs,
    retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
}

/// Prints the report and gives the exit status that its verdict asks for.
func show(_ store: TraceDatabase, path: String?, _ arguments: ReportArguments) throws -> ExitCode {
  let report = try Report(store, findingsMax: arguments.findingsMax)
  let text =
    try arguments.json
    ? JSONReport.text(report) : TextReport(report, database: path, shownMax: arguments.findingsMax).text
  try printOut(text)
  return ExitStatus(report.verdict.status).code
}
