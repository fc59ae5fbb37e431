// What a user's file can say: any two rules of a published form changed. Nothing traps, and nobody leaves the tables.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct RulePairTests {
  private static let scenarios = ["warm-refresh", "failed-lookup"].compactMap { Scenario.named($0) }

  private func search(_ rules: ProtocolRules) {
    let form = ProtocolForm(id: "pair", title: "", source: "", rules: rules)
    let declared = BranchSet(form.branches)
    for scenario in Self.scenarios {
      let limits = SearchLimits(statesMax: 150)
      var walks = WalkLimits()
      walks.walkCount = 1
      walks.statesMax = 50
      var explorer = Explorer(form, scenario, limits: limits, grain: .lockSection)
      explorer.walkLimits = walks
      let reached = explorer.explore(verdicts: .safety).branchesReached
      #expect(reached.subtracting(declared).isEmpty)
    }
  }

  @Test(arguments: ["v6.9", "seanjc-4"])
  func anyTwoRules(_ id: String) throws {
    let base = ProtocolForm.builtIn(id).rules
    for (index, rule) in Rule.all.enumerated() {
      for other in Rule.all[index...] {
        for value in rule.values {
          for otherValue in other.values {
            var rules = base
            rule.set(value, in: &rules)
            other.set(otherValue, in: &rules)
            search(rules)
          }
        }
      }
    }
  }
}
