// A search stops at its bounds and says at which.

import Forms
import GPCProtocol
import Results
import Testing

@testable import Explore

@Suite struct SearchLimitsTests {
  private func explore(_ setup: ProtocolSetup, _ limits: SearchLimits) -> Exploration {
    Explorer(.v69, Scenario(name: "limits", summary: "", setup: setup), limits: limits).explore()
  }

  @Test func stopsAtTheStates() throws {
    let setup = try #require(Scenario.named("two-overlapping")).setup
    let exploration = explore(setup, SearchLimits(statesMax: 100))
    #expect(exploration.completeness == .truncated(.states(100)))
    #expect(exploration.stateCount < 200)
  }

  @Test func stopsAtTheMemory() throws {
    let setup = try #require(Scenario.named("twice-and-around")).setup
    let exploration = explore(setup, SearchLimits(memoryMax: 200_000))
    #expect(exploration.completeness == .truncated(.memory(200_000)))
    #expect(exploration.byteCount < 200_000)
  }

  @Test func twoHundredTasksAreTooMany() {
    let program = TaskProgram.checker()
    let setup = ProtocolSetup(
      caches: [ProtocolSetup.Cache(page: cachePage, warmth: .warm)], memslots: [],
      programs: Array(repeating: program, count: 200))
    #expect(explore(setup, SearchLimits()).completeness == .truncated(.size))
  }

  @Test func scheduleSearchSaysHowFarItCame() throws {
    let setup = try #require(Scenario.named("two-overlapping")).setup
    let engine = ProtocolEngine(.v69, setup: setup)
    let layout = try #require(StateLayout(engine))
    var search = ScheduleSearch(
      stepper: Stepper(engine: engine, grain: .step), layout: layout, limits: SearchLimits(statesMax: 2_000),
      goal: .violation(.stale))
    guard case .truncated(let preemptions) = search.run() else {
      Issue.record("not truncated")
      return
    }
    #expect(preemptions >= 0)
  }

  /// Cut off at 300 states, the walks still meet what the whole search finds, and the schedule shows it again.
  @Test(arguments: ["dwmw2-v2", "dwmw2-v3.2"]) func randomWalksFindWhatIsLeft(_ id: String) throws {
    let form = try #require(ProtocolForm.named(id))
    let scenario = try #require(Scenario.named("two-overlapping"))
    let explorer = Explorer(form, scenario, limits: SearchLimits(statesMax: 300))
    let exploration = explorer.explore()
    let fallback = try #require(exploration.fallback)
    #expect(exploration.completeness == .truncated(.states(300)))
    #expect(exploration.verdicts == Explorer(form, scenario).explore().verdicts)
    for (verdict, schedule) in fallback.met {
      let counterexample = Counterexample(
        form: form, scenario: scenario, verdict: verdict, stuckKind: nil, schedule: schedule, grain: .step)
      #expect(counterexample.reproduces())
    }
  }
}
