// `compare`: what each published form would have cost in a recording.

import ArgumentParser
import Compare
import Forms
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Tell what each published form of the protocol would have cost in a recording.",
    discussion: """
      The first row is what was recorded, all others are modelled (docs/compare.md). The result stays in the database: tables \
      form_cost and left_out_window, views form_saving and model_agreement. \
      \(ExitStatus.sentence([(.unknown, "nothing could be compared")]))

      Example:
        gpc-replay compare traces/retries/unrelated/trace.txt.zst
      """)

  @Argument(help: "A recorded trace (imported and replayed first), or a database that gpc-replay wrote.")
  var trace: String

  @OptionGroup var options: ImportOptions

  @Option(
    name: [.customLong("form"), .customLong("protocol")],
    help: "Forms, or files of forms (docs/forms.md), with commas between (see gpc-replay protocols), or all.")
  var forms = FormsArgument(ProtocolForm.all)

  @OptionGroup var kernel: KernelFormArguments

  @Flag(help: "The comparison as one JSON document.")
  var json = false

  func run() throws {
    let forms = try forms.byAge()
    let source = try RecordingSource(trace, options, kernel: kernel.asked())
    do {
      let notCompared = try compare(source, forms)
      let report = try ComparisonReport(source.database, notCompared: notCompared.map(\.id))
      try printOut(try json ? report.json() : ComparisonText(report).text)
      if report.isEmpty && !report.leftOut.isEmpty { throw ExitStatus.unknown.code }
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  /// Returns the forms whose costs are not known.
  private func compare(_ source: RecordingSource, _ forms: [ProtocolForm]) throws -> [ProtocolForm] {
    let options = try replayOptions(source)
    var comparison = Comparison(forms, kernel: try source.kernelForm(), deltaNs: options.deltaNs)
    try source.forEachWindow(options) { comparison.consume($0) }
    let costs = comparison.finish()
    try source.database.replaceComparison(
      comparison.rows(costs), leftOut: comparison.leftOut, kernelWaits: comparison.kernelWaits)
    let compared = Set(comparison.comparableForms.map(\.id))
    return forms.filter { !compared.contains($0.id) }
  }

  /// The recorded kernel's figures are those of the replay in the database, so its settings hold; without one, the
  /// usual settings.
  private func replayOptions(_ source: RecordingSource) throws -> ReplayOptions {
    var options = try ReplayArguments.parse([]).options(for: source.database)
    if let stored = try source.database.replaySettings() {
      options.deltaNs = stored.deltaNs
    } else {
      try replayStored(source.database, options, kernel: nil)
    }
    return options
  }
}
