// What searches go through, held against what each form declares, and how it is told.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct CoverageTests {
  /// A form under a memory model: store buffers matter where `valid` is set before the retry test.
  private static let forms: [ProtocolForm] =
    ProtocolForm.all
    + [ProtocolForm.builtIn("seanjc-3"), .builtIn("seanjc-4"), .builtIn("seanjc-5")].flatMap { form in
      [form.under(.tso), form.under(.tsoWithoutBarrier)]
    }

  private func searched(_ form: ProtocolForm, _ scenario: Scenario, _ grain: Grain, statesMax: Int) throws
    -> StateSearch
  {
    let stepper = scenario.stepper(form, grain)
    let layout = try #require(StateLayout(stepper.engine))
    var search = StateSearch(stepper: stepper, layout: layout, limits: SearchLimits(statesMax: statesMax))
    search.run()
    return search
  }

  /// Each form takes all that it declares and nothing else. The first two thousand states of each scenario get
  /// everywhere.
  @Test(arguments: forms.indices) func builtInScenariosTakeEveryBranch(_ index: Int) throws {
    let form = Self.forms[index]
    let declared = BranchSet(form.branches)
    var reached = BranchSet()
    for scenario in Scenario.builtIn {
      let branches = try searched(form, scenario, .lockSection, statesMax: 2_000).branches
      #expect(branches.subtracting(declared).branches == [], "\(form.id) in \(scenario.name)")
      reached.formUnion(branches)
    }
    #expect(declared.subtracting(reached).branches == [], "\(form.id) under \(form.rules.memory)")
  }

  /// The search asks the engine once for what it can remember: the same branches as from asking at every state.
  @Test(arguments: forms.indices, ["failed-lookup", "cold"])
  func sameAsAskedAtEveryState(_ index: Int, _ name: String) throws {
    let form = Self.forms[index]
    let search = try searched(form, #require(Scenario.named(name)), .lockSection, statesMax: 20_000)
    try #require(search.completeness == .complete)
    var asked = BranchSet()
    for index in 0..<search.states.count {
      let state = search.layout.unpack(search.states[index])
      for task in 0..<search.layout.taskCount {
        for choice in 0..<search.stepper.choices(task, state) {
          var next = state
          var concern = MoveMemo.Concern.none
          _ = search.stepper.take(Move(task: task, choice: choice), &next, &concern) { step, outcome in
            asked.insert(ProtocolBranch(step, outcome.branch))
          }
        }
      }
    }
    #expect(search.branches == asked)
  }

  @Test func tellsWhatIsMissing() throws {
    var coverage = Coverage(forms: [.v69, .builtIn("v5.17")])
    coverage.add(.builtIn("v5.17"), BranchSet(Coverage.declared(.builtIn("v5.17"))))
    let warm = try #require(Scenario.named("warm"))
    coverage.add(.v69, Explorer(.v69, warm, grain: .lockSection).explore().branchesReached)
    #expect(!coverage.isComplete)
    #expect(
      coverage.text() == [
        "form   steps  branches",
        "v6.9   25/58  26/68",
        "v5.17  51/51  60/60",
        "",
        "v6.9, never reached: gfn_to_pfn_cache_invalidate() \"read_unlock(gpc->lock)\"; all of __kvm_gpc_refresh();",
        "                     all of hva_to_pfn_retry(); all of mmu_notifier_retry_cache(); all of kvm_gpc_deactivate();",
        "                     all of kvm_gpc_activate()",
        "v6.9, never taken: gfn_to_pfn_cache_invalidate() \"tests valid, pfn, uhva\" -> miss, \"if valid…: valid = false\" -> miss",
        "",
        "INCOMPLETE: not every step and branch was reached",
      ])
    coverage.add(.v69, BranchSet(Coverage.declared(.v69)))
    #expect(coverage.isComplete)
    #expect(coverage.text().last == "COMPLETE: every step and every branch of every form was reached")
  }

  /// A lock section that is entered and not left: its last step alone is missing, and is told.
  @Test func tellsLocksToo() throws {
    var coverage = Coverage(forms: [.v69])
    let unlock = try #require(ProtocolForm.v69.program.step("deactivate.unlockRefresh"))
    coverage.add(.v69, BranchSet(Coverage.declared(.v69).filter { $0.step != unlock }))
    #expect(coverage.text().contains("v6.9, never reached: kvm_gpc_deactivate() \"mutex_unlock(refresh_lock)\""))
  }

  @Test func scenarioTellsWaysNeverTaken() throws {
    let refresh = try #require(Scenario.named("warm-refresh"))
    let text = Explorer(.builtIn("seanjc-3"), refresh, grain: .lockSection).explore().text()
    #expect(text.contains { $0.hasPrefix("never taken: ") })
    // No lookup of it may fail, no gpa is without a memslot, and the cache stays active.
    #expect(!text.contains { $0.contains("failed") || $0.contains("no memslot") || $0.contains("inactive") })
  }
}
