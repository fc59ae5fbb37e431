// Where a recording begins and ends: rule 10 of the evidence.

import KVMEvents
import Testing

@testable import Replay

@Suite struct RecordingEdgeTests {
  // mm  :               e k d       its start is not recorded: open since the recording began
  // vcpu: a(o h H  t o
  // Up at the test by all that is known, but nothing of it is recorded: unknown, as is the cause.
  @Test func invalidationFromBefore() {
    let outcome = Marbles(
      """
      vcpu   : a(ohH  t o        hH    t v)A
      mm own :            ekd
      """, after: .running
    ).replayed()
    #expect(outcome.decisions == ["retried unknown", "accepted unknown"])
    #expect(outcome.causes == ["unknown"])
    #expect(outcome.invalidations("mm").map(\.startEvent) == [nil])
    #expect(outcome.invalidations("mm").map(\.durationNs) == [nil])
  }

  // An older VM may hide anything at first: an accept is unknown, unless the test's own count excludes it.
  @Test func olderVMMayHideInvalidations() {
    #expect(Marbles("vcpu : (ohHtv)", after: .running).replayed().decisions == ["accepted unknown"])
    #expect(Marbles("vcpu : (ohHt0v)", after: .running).replayed().decisions == ["accepted agrees"])
    // Once a count of 0 was read there is nothing to hide any more.
    #expect(
      Marbles("vcpu : (o0hHtv) (ohHtv)", after: .running).replayed().decisions.last == "accepted agrees")
  }

  // Its memslots are not all known: whether a range hits one is not.
  @Test func olderVMsMemslots() {
    let outcome = Marbles(
      """
      mm outside : swrekd         swrekd
      vcpu       :        mM
      far        :                       swrekd
      """, after: .running
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.hitsMemslot) == [nil, nil])
    #expect(outcome.invalidations("far").map(\.hitsMemslot) == [true])
    #expect(outcome.vms.first { $0.kvm == TestMemory.kvm(1) }?.createdInTrace == false)
  }

  // Never ended: what rests on it is amended at the end, by its id.
  @Test func invalidationThatNeverEnds() {
    let outcome = Marbles(
      """
      vcpu   : a(ohH    t   ohH
      mm own :      swr
      """
    ).replayed()
    let rows = outcome.invalidations("mm")
    #expect(rows.map(\.close) == [.open])
    #expect(outcome.restOnOpen == rows.map(\.id))
    #expect(outcome.retryRounds.first?.invalidation == rows.first?.id)
  }

  // The recording ends inside of the end hook: it is over, nothing is amended.
  @Test func endHookWithoutReturn() {
    let outcome = Marbles("mm own : swrek").replayed()
    #expect(outcome.invalidations("mm").map(\.close) == [.end])
    #expect(outcome.restOnOpen.isEmpty)
  }

  // A round that began before the recording: no top, so no snapshot. A walk may be under way that began before it, too.
  @Test func roundFromBefore() {
    let outcome = Marbles("vcpu : t v ) cy", after: .running).replayed()
    #expect(outcome.decisions == ["accepted unknown"])
    #expect(outcome.retryRounds.map(\.loopEvent) == [nil])
    #expect(outcome.refreshes.map(\.origin) == [.unknown])
    #expect(outcome.checks == ["yes unknown"])
  }

  // The recording ends within a refresh.
  @Test func refreshThatNeverReturns() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH    t   ohH
      mm outside :      swr        ekd
      """
    ).replayed()
    #expect(outcome.decisions == ["retried agrees", "unfinished"])
    #expect(outcome.refreshes.map(\.outcome) == [.unfinished])
    #expect(outcome.refreshes.map(\.falseCount) == [1])
    #expect(outcome.refreshes.map(\.returnEvent) == [nil])
  }

  // The last decisions are made though no later event comes to settle them.
  @Test func lastDecisionIsMade() {
    #expect(Marbles("vcpu : a(ohHtv").replayed(deltaNs: 1000).decisions == ["accepted agrees"])
    #expect(Marbles("vcpu : cy", after: .mapped).replayed(deltaNs: 1000).checks == ["yes agrees"])
  }

  @Test func memslotsInForceAtTheEnd() {
    let outcome = Marbles("vcpu : UM ").replayed()
    let rows = outcome.memslots.filter { $0.slot == 0 }
    #expect(rows.count == 2)
    #expect(rows.map { $0.endEvent == nil } == [false, true])
    let deleted = Marbles("vcpu : DM ").replayed()
    #expect(deleted.memslots.map { $0.endEvent == nil } == [false])
    let failed = Marbles("vcpu : DM9").replayed()
    #expect(failed.memslots.map { $0.endEvent == nil } == [true])
  }

  @Test func emptyRecording() {
    let outcome = Marbles("", after: .none).replayed()
    #expect(outcome.vms.isEmpty && outcome.caches.isEmpty && outcome.findings.isEmpty)
  }
}
