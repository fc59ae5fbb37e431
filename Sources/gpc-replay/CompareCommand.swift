// `compare`: what each published form would have cost in a recording.

import ArgumentParser
import Forms
import GPCProtocol
import Pipeline
import Report

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compute what each published form of the protocol would have cost in a recording.",
    discussion: """
      The first row is what was recorded, all others are modelled (docs/compare.md). The result stays in the database, beside \
      the forms that were compared before: tables form_cost and left_out_window, views form_saving and model_agreement. \
      \(ExitStatus.sentence([
        (.unreadable, "the recording was not read, or not judged, to its end"), (.unknown, "nothing could be compared"),
      ]))

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

  @OptionGroup var memory: MemoryOption

  @Flag(help: "Print the comparison as one JSON document.")
  var json = false

  @Flag(help: "For a mail: the figures that an argument needs, in 72 characters.")
  var mail = false

  func validate() throws {
    if mail && json { throw ValidationError("--mail and --json exclude each other.") }
  }

  func run() throws {
    // Before anything is imported: what is wrong with a form leaves no database.
    let forms = try forms.byAge()
    let source = try Recording(
      options.request(trace), kernel: kernel.asked(), memoryMax: memory.memoryMax?.bytes, .terminal)
    let interrupt = Interrupt()
    guard let notCompared = try source.compare(forms, isInterrupted: { interrupt.isRequested }) else {
      printError("gpc-replay: interrupted; nothing of this comparison was stored, and what was stored before stays.\n")
      return interrupt.deliver()
    }
    let report = try ComparisonReport(source.database, of: forms.map(\.id), notCompared: notCompared.map(\.id))
    let text = try json ? report.json() : mail ? mailText(report) : ComparisonText(report, width: Terminal.width).text
    try printOut(text)
    if !report.incomplete.isEmpty { throw ExitStatus.unreadable.code }
    if report.isEmpty && !report.leftOut.isEmpty { throw ExitStatus.unknown.code }
  }

  private func mailText(_ report: ComparisonReport) -> String {
    let asked = forms.words.joined(separator: ",")
    let command = "gpc-replay compare \(trace) --form \(asked) --mail"
    return ComparisonMail(report, command: command).lines.map { $0 + "\n" }.joined()
  }
}
