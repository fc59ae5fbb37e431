// `matrix`: every form in every scenario.

import ArgumentParser
import Explore

struct MatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix", abstract: "Search every published form in every built-in scenario.",
    discussion: "Example: gpc-replay matrix")

  @Option(help: "Where tasks may be interrupted: section (around lock sections and bare accesses) or step (anywhere).")
  var grain = GrainArgument.section

  @OptionGroup var limits: SearchLimitOptions

  func run() throws {
    let matrix = Matrix(limits: limits.value, grain: grain.value)
    for line in matrix.text() { print(line) }
    if !matrix.isComplete { throw ExitCode(3) }
  }
}
