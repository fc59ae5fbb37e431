// `matrix`: every form in every scenario.

import ArgumentParser
import Explore
import Forms
import GPCProtocol
import Pipeline
import Report

struct MatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Search forms of the protocol in every built-in scenario.",
    discussion: "Example: gpc-replay matrix")

  @Argument(help: "The forms, as of --form.")
  var named: [FormsArgument] = []

  @Option(
    name: [.customLong("form"), .customLong("protocol")],
    help: "Published forms, or files of forms (docs/forms.md), separated by commas, or all.")
  var forms = FormsArgument(ProtocolForm.all)

  @Option(
    help: "Where tasks may be preempted: section (around lock sections and lockless accesses) or step (anywhere).")
  var grain = GrainArgument.section

  @Flag(help: "Also search larger scenarios: takes minutes, and more than half a million states in some forms.")
  var large = false

  @Flag(help: "Print the matrix as one JSON document.")
  var json = false

  @OptionGroup var limits: SearchLimitOptions

  func run() throws {
    let scenarios = Scenario.builtIn + (large ? Scenario.large : [])
    let interrupt = Interrupt()
    let budget = limits.budget(interrupt).limits(orElse: large ? Self.large : SearchLimits())
    var progress = Progress()
    let matrix = Matrix(
      forms: try (named.isEmpty ? forms : FormsArgument(merging: named)).byAge(), scenarios: scenarios, limits: budget,
      grain: grain.value
    ) {
      progress.update(WorkProgress(.searches, Int64($0), of: Int64($1)))
    }
    progress.finish()
    try printOut(
      try json ? JSONReport.text(matrix.document) : matrix.text(width: Terminal.width).map { $0 + "\n" }.joined())
    interrupt.deliver()
    if !matrix.isComplete { throw ExitStatus.unknown.code }
  }

  private static let large = SearchLimits(statesMax: 50_000_000, memoryMax: 4 << 30)
}
