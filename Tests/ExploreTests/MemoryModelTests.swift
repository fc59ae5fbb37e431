// What x86's store buffers change, and which barrier keeps them from it.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct MemoryModelTests {
  private func verdicts(_ id: String, _ memory: MemoryModel, _ scenario: String) throws -> [SearchVerdict] {
    let form = try #require(ProtocolForm.named(id)).under(memory)
    let known = try #require(Scenario.named(scenario))
    let exploration = Explorer(form, known).explore()
    #expect(exploration.completeness == .complete)
    return exploration.verdicts
  }

  /// By hand: valid = true waits in the buffer while the retry test reads count 0; the invalidation then begins, its
  /// bare look at valid sees false, and it passes the cache over. The barrier drains the buffer before the count is
  /// read. kvm list, 2024-10-15, 4/5 has that pair.
  @Test(arguments: ["seanjc-4", "seanjc-5"]) func droppedBarrierMatters(_ id: String) throws {
    for scenario in ["cold", "two-overlapping"] {
      #expect(try verdicts(id, .tso, scenario) == [])
      #expect(try verdicts(id, .tsoWithoutBarrier, scenario) == [.contract, .stale])
    }
  }

  /// By hand: where every look at valid is under gpc->lock there is nothing for a buffer to hide.
  @Test(arguments: ["v6.9", "seanjc-1", "seanjc-2", "seanjc-3", "dwmw2-v2", "v5.17"])
  func formsThatLookUnderTheLockDoNotChange(_ id: String) throws {
    for scenario in ["cold", "warm-refresh"] {
      #expect(try verdicts(id, .tsoWithoutBarrier, scenario) == verdicts(id, .sequential, scenario))
    }
  }

  @Test func counterexampleUnderTSOReproduces() throws {
    let form = try #require(ProtocolForm.named("seanjc-4")).under(.tsoWithoutBarrier)
    let scenario = try #require(Scenario.named("cold"))
    let counterexample = try #require(Explorer(form, scenario).shrunkCounterexample(.contract))
    #expect(counterexample.reproduces())
  }
}
