// Refreshes over the thresholds for false retries: rule 6 of the evidence.

import KVMEvents
import Testing

@testable import Replay

@Suite struct ExcessiveRetryTests {
  /// A refresh whose first `rounds` rounds are repeated for an unrelated invalidation that is in flight through all
  /// their tests (it ends in the last round, behind its loop top). A round is four columns.
  private func recording(rounds: Int, of range: String = "outside", columnNs: Int64 = 100) -> Marbles {
    let retried = String(repeating: "ohHt", count: rounds)
    let open = String(repeating: " ", count: rounds * 4)
    return Marbles(
      """
      vcpu : a(   \(retried)o    hHtv )A
      \(range) :   swr \(open)ekd
      """, columnNs: columnNs)
  }

  // More than 10 is too many; 10 are not.
  @Test(arguments: [(1, false), (10, false), (11, true)]) func retries(rounds: Int, isExcessive: Bool) throws {
    let outcome = recording(rounds: rounds).replayed()
    let refresh = try #require(outcome.refreshes.first)
    #expect(refresh.roundCount == Int32(rounds + 1))
    #expect(refresh.falseCount == Int32(rounds))
    #expect(outcome.findings(.excessiveRetry).count == (isExcessive ? 1 : 0))
  }

  // Ten rounds of four columns: 250,000 ns a column are 10 ms exactly, one nanosecond more a column is over.
  @Test(arguments: [(250_000, false), (250_001, true)] as [(Int64, Bool)]) func timeLost(
    columnNs: Int64, isExcessive: Bool
  ) throws {
    let outcome = recording(rounds: 10, columnNs: columnNs).replayed()
    #expect(outcome.refreshes.first?.falseNs == 40 * columnNs)
    #expect(outcome.refreshes.first?.stallNs == 40 * columnNs)
    #expect(outcome.findings(.excessiveRetry).count == (isExcessive ? 1 : 0))
  }

  // Necessary rounds are none of it, however many and long.
  @Test func necessaryRoundsAreNotExcessive() {
    let outcome = recording(rounds: 30, of: "own", columnNs: 1_000_000).replayed()
    #expect(outcome.refreshes.first?.necessaryCount == 30)
    #expect(outcome.refreshes.first?.falseNs == 0)
    #expect(outcome.findings.isEmpty)
  }

  @Test func thresholdsAreTheUsers() {
    #expect(recording(rounds: 3).replayed { $0.retriesMax = 2 }.findings(.excessiveRetry).count == 1)
    #expect(recording(rounds: 3).replayed { $0.retriesMax = 3 }.findings(.excessiveRetry).isEmpty)
    #expect(recording(rounds: 1).replayed { $0.stallMaxNs = 399 }.findings(.excessiveRetry).count == 1)
    #expect(recording(rounds: 1).replayed { $0.stallMaxNs = 400 }.findings(.excessiveRetry).isEmpty)
  }

  @Test func findingCitesTheRefresh() throws {
    let recording = recording(rounds: 11)
    let outcome = recording.replayed()
    let finding = try #require(outcome.findings.first)
    #expect(finding.event == recording.id("vcpu", "("))
    #expect(finding.refresh == outcome.refreshes.first?.id)
    #expect(finding.proof.contains(try #require(recording.id("vcpu", "o", 1))))
  }

  // The wait for `refresh_lock` is a column of its own: request (a), refresh ((), four columns later.
  @Test func waitForTheLockIsNoStall() throws {
    let refresh = try #require(Marbles("vcpu : a   (ohHtv)A").replayed().refreshes.first)
    #expect(refresh.origin == .activate)
    #expect(refresh.lockWaitNs == 400)
    #expect(refresh.stallNs == 0)
    #expect(refresh.durationNs == 600)
  }
}
