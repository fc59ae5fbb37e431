// The search finds every seeded bug, and mainline without it has none.

import Forms
import GPCProtocol
import Results
import Testing

@testable import Explore

@Suite struct MutantTests {
  /// A valid cache is refreshed and then checked: the only way to the path that keeps the mapping.
  private static let kept = Scenario(
    name: "kept", summary: "A refresh of a valid cache.",
    setup: ProtocolSetup(
      caches: [ProtocolSetup.Cache(page: cachePage, warmth: .warm)], memslots: [.everything],
      programs: [.refresher(), .checker()]))

  private func scenario(_ name: String) throws -> Scenario {
    name == Self.kept.name ? Self.kept : try #require(Scenario.named(name))
  }

  @Test(arguments: Mutant.all) func isFound(_ mutant: Mutant) throws {
    let scenario = try scenario(mutant.scenario)
    let explorer = Explorer(mutant.form, scenario)
    let exploration = explorer.explore()
    #expect(exploration.completeness == .complete)
    #expect(exploration.verdicts.contains(mutant.verdict), "\(exploration.verdicts)")
    let counterexample = try #require(explorer.shrunkCounterexample(mutant.verdict))
    #expect(counterexample.reproduces())
    #expect(Explorer(.v69, scenario).explore().verdicts.isEmpty)
  }
}
