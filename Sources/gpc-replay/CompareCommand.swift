// `compare`: what each published form would have cost in a recording.

import ArgumentParser
import GPCProtocol
import Pipeline
import Report

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compute what each published form of the protocol would have cost in a recording.",
    discussion: """
      The first row is what was recorded, all others are modelled (docs/compare.md). The result stays in the database: tables \
      form_cost and left_out_window, views form_saving and model_agreement. \
      \(ExitStatus.sentence([(.unknown, "nothing could be compared")]))

      Example:
        gpc-replay compare traces/retries/unrelated/trace.txt.zst
      """)

  @Argument(help: "A recorded trace (imported and replayed first), or a database written by gpc-replay.")
  var trace: String

  @OptionGroup var options: ImportOptions

  @Option(
    name: [.customLong("form"), .customLong("protocol")],
    help: "Forms, or files of forms (docs/forms.md), separated by commas, or all; gpc-replay protocols lists them.")
  var forms = FormsArgument(ProtocolForm.all)

  @OptionGroup var kernel: KernelFormArguments

  @Flag(help: "Print the comparison as one JSON document.")
  var json = false

  func run() throws {
    // Before anything is imported: what is wrong with a form leaves no database.
    let forms = try forms.byAge()
    let source = try Recording(options.request(trace), kernel: kernel.asked(), .terminal)
    let notCompared = try source.compare(forms)
    let report = try ComparisonReport(source.database, notCompared: notCompared.map(\.id))
    try printOut(try json ? report.json() : ComparisonText(report).text)
    if report.isEmpty && !report.leftOut.isEmpty { throw ExitStatus.unknown.code }
  }
}
