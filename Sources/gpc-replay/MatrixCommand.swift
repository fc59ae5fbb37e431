// `matrix`: every form in every scenario.

import ArgumentParser
import Explore

struct MatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Search every published form in every built-in scenario.",
    discussion: "Example: gpc-replay matrix")

  @Option(help: "Where tasks may be interrupted: section (around lock sections and bare accesses) or step (anywhere).")
  var grain = GrainArgument.section

  @Flag(help: "Larger scenarios as well: minutes, and more than half a million states in some forms.")
  var large = false

  @OptionGroup var limits: SearchLimitOptions

  func run() throws {
    let scenarios = Scenario.builtIn + (large ? Scenario.large : [])
    let budget = limits.budget.limits(orElse: large ? Self.large : SearchLimits())
    let matrix = Matrix(scenarios: scenarios, limits: budget, grain: grain.value)
    for line in matrix.text() { print(line) }
    if !matrix.isComplete { throw ExitStatus.unknown.code }
  }

  private static let large = SearchLimits(statesMax: 50_000_000, memoryMax: 4 << 30)
}
