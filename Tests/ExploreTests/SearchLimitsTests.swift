// A search stops at its bounds and says at which.

import Forms
import GPCProtocol
import Results
import Synchronization
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

  /// Asked with the first state, then after 256 each.
  @Test func stopsAtAnInterrupt() throws {
    let setup = try #require(Scenario.named("two-overlapping")).setup
    for (looks, states) in [(1, 1...1), (3, 513...2_000)] {
      let count = Mutex(0)
      let deadline = Deadline(seconds: nil) {
        count.withLock { count in
          count += 1
          return count >= looks
        }
      }
      let exploration = explore(setup, SearchLimits(deadline: deadline))
      #expect(exploration.completeness == .truncated(.interrupt))
      #expect(states.contains(exploration.stateCount))
      #expect(exploration.fallback == nil, "nothing more is searched")
    }
  }

  /// What was found before the deadline has its counterexample; what makes it pass is not claimed to be known.
  @Test func foundBeforeTheDeadline() throws {
    let form = try #require(ProtocolForm.named("dwmw2-v2"))
    let scenario = try #require(Scenario.named("warm"))
    let deadline = Deadline(seconds: nil) { true }
    let limits = SearchLimits(deadline: deadline)
    let counterexample = try #require(Explorer(form, scenario, limits: limits).shrunkCounterexample(.contract))
    #expect(counterexample.reproduces())
    let lines = counterexample.whatPasses(limits).map(\.line)
    #expect(lines == ["Passes if: not searched, nor is it shrunk to its end: TRUNCATED by an interrupt"])
    let unhurried = counterexample.whatPasses(SearchLimits()).map(\.line)
    #expect(unhurried.contains { $0.hasPrefix("Passes as: ") && $0.contains(", v6.9, ") })
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
