// `explore`: other orders of the same steps.

import ArgumentParser
import Explore
import GPCProtocol

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Search every order of a scenario's steps, and show the shortest counterexamples.",
    discussion: "Example: gpc-replay explore --scenario warm --protocol dwmw2-v2")

  @Option(help: "A built-in scenario: \(Scenario.builtIn.map(\.name).joined(separator: ", ")).")
  var scenario: String

  @Option(name: .customLong("protocol"), help: "A published form; see gpc-replay protocols.")
  var form = "mainline"

  @Option(help: "The memory model: sc (sequential consistency) or tso (x86's store buffers).")
  var memory = Memory.sc

  @Flag(help: "With --memory tso: leave out the barrier between valid = true and the retry test.")
  var dropBarrier = false

  @OptionGroup var limits: SearchLimitOptions

  enum Memory: String, ExpressibleByArgument { case sc, tso }

  func validate() throws {
    if dropBarrier && memory == .sc { throw ValidationError("--drop-barrier needs --memory tso.") }
  }

  func run() throws {
    guard let form = ProtocolForm.named(form) else {
      throw ValidationError("There is no form '\(self.form)'; gpc-replay protocols lists them.")
    }
    guard let scenario = Scenario.named(scenario) else {
      throw ValidationError("There is no scenario '\(self.scenario)'; --help lists them.")
    }
    let model: MemoryModel = memory == .sc ? .sequential : dropBarrier ? .tsoWithoutBarrier : .tso
    let explorer = Explorer(form.under(model), scenario, limits: limits.value)
    let exploration = explorer.explore()
    for line in exploration.text() { print(line) }
    for verdict in exploration.verdicts {
      guard let counterexample = explorer.shrunkCounterexample(verdict) else { continue }
      print()
      let lines = counterexample.text(
        remedies: counterexample.remedies(limits: limits.value),
        passing: counterexample.formsThatPass(limits: limits.value))
      for line in lines { print(line) }
    }
    if !exploration.verdicts.isEmpty { throw ExitCode(1) }
    if exploration.completeness != .complete { throw ExitCode(3) }
  }
}
