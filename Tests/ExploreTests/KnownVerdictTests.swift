// Every form is judged as it is known to be, and its counterexamples are as small as they can be.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct KnownVerdictTests {
  @Test(arguments: KnownVerdict.all) func isFound(_ known: KnownVerdict) throws {
    let form = try #require(ProtocolForm.named(known.form))
    let scenario = try #require(Scenario.named(known.scenario))
    let exploration = Explorer(form, scenario).explore()
    #expect(exploration.completeness == .complete)
    #expect(exploration.verdicts == known.verdicts, "\(known.origin)")
  }

  // What a lock guards is seen by nobody else: whole lock sections as steps give the same verdicts.
  @Test(arguments: KnownVerdict.all) func sectionsGiveTheSame(_ known: KnownVerdict) throws {
    let form = try #require(ProtocolForm.named(known.form))
    let scenario = try #require(Scenario.named(known.scenario))
    let exploration = Explorer(form, scenario, grain: .lockSection).explore()
    #expect(exploration.completeness == .complete)
    #expect(exploration.verdicts == known.verdicts)
  }

  @Test func everyFormIsKnown() {
    #expect(Set(KnownVerdict.all.map(\.form)) == Set(ProtocolForm.all.map(\.id)))
  }

  @Test(arguments: KnownVerdict.all.filter { !$0.verdicts.isEmpty })
  func counterexampleIsMinimalAndReproduces(_ known: KnownVerdict) throws {
    let form = try #require(ProtocolForm.named(known.form))
    let scenario = try #require(Scenario.named(known.scenario))
    for verdict in known.verdicts {
      let counterexample = try #require(Explorer(form, scenario).shrunkCounterexample(verdict))
      #expect(counterexample.reproduces())
      for smaller in counterexample.scenario.smaller() {
        #expect(
          Explorer(form, smaller).counterexample(verdict)?.stuckKind != counterexample.stuckKind
            || counterexample.stuckKind == nil)
        if counterexample.stuckKind == nil { #expect(Explorer(form, smaller).shortestSchedule(verdict) == nil) }
      }
    }
  }
}
