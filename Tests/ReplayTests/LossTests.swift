// Dropped events: what they make unknown, and until when (rule 13 of the evidence).

import KVMEvents
import Testing

@testable import Replay

/// `x` is a marker: events of its line's CPU were dropped between the CPU's last event before it and the next behind
/// it. The prelude was on CPU 9, so a gap there concerns VM 1.
@Suite struct LossTests {
  // MARK: Retry tests

  // A thread may have been on the CPU of a gap between any two of its events around it: of the round, what was before
  // and what came after are told apart. That the latter is accepted is unknown: an invalidation may have hidden in the
  // gap.
  //
  // vcpu : o h H    t v
  // other:        x
  @Test func acceptAcrossALossIsUnknown() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH     t v)A
      other cpu9 :        x b
      """
    ).replayed()
    #expect(outcome.decisions == ["unfinished", "accepted unknown"])
  }

  // A VM that was never seen on that CPU is concerned as well (CPU 8 had another VM's events only): its first events
  // there may be among the dropped ones, so its caches are unknown. The end that comes after may be another
  // invalidation's, over the same range.
  @Test func lossOfACPUWithoutTheVM() {
    let outcome = Marbles(
      """
      other far vm3 cpu8 : swrekd           x b
      mm far             :       swr              ekd
      vcpu               :                      cy
      """, after: .mapped
    ).replayed()
    #expect(outcome.checks == ["yes unknown"])
    #expect(outcome.invalidations("mm").map(\.close) == [.lost, .end])
    #expect(outcome.taints.map(\.vms) == [nil])
  }

  // far (or another one over its range, by the same thread) is in flight for sure through the test; what is hidden can
  // only add to it. Forced, whatever was dropped. The cause is another matter: an overlapping one may be among the
  // hidden.
  @Test func retryForcedByRecordedHooksStaysDecided() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH       t   ohH  t v)A
      mm far     :      swr              ekd
      other cpu9 :         x b
      """
    ).replayed()
    #expect(Array(outcome.decisions.prefix(2)) == ["unfinished", "retried agrees"])
    #expect(outcome.causes == ["unknown"])
  }

  @Test func necessaryRetryStaysNecessary() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH       t   ohH  t v)A
      mm own     :      swr              ekd
      other cpu9 :         x b
      """
    ).replayed()
    #expect(Array(outcome.decisions.prefix(2)) == ["unfinished", "retried agrees"])
    #expect(outcome.causes == ["necessary"])
  }

  // The gap is on the refresher's own CPU: another test and another top may be among what was dropped. But one of own's
  // range is in flight throughout the test that is recorded.
  @Test func onlyTheTestIsKnownOfATornRound() {
    let outcome = Marbles(
      """
      vcpu   : a(oh x H   t   ohH  t v)A
      mm own :   swr               ekd
      """
    ).replayed()
    #expect(Array(outcome.decisions.prefix(2)) == ["unfinished", "retried agrees"])
    #expect(outcome.causes == ["necessary"])
  }

  // The end may be among what was dropped: with the gap before the test nothing says whether far is still up.
  //
  // mm  : s w r  x            (nothing more)
  // vcpu:            t
  @Test func endThatMayBeLost() {
    let outcome = Marbles(
      """
      vcpu   :          a(ohH t   ohHt v)A
      mm far :  swr  x b
      """
    ).replayed()
    #expect(outcome.decisions == ["retried unknown", "accepted unknown"])
  }

  // MARK: The end of a taint

  /// An invalidation whose end may be in the gap on its CPU, then what shows that nothing is in flight, then a refresh.
  private func decisions(_ proof: String) -> Outcome {
    Marbles(
      """
      mm far : swr x b
      \(proof)
      """
    ).replayed()
  }

  // Count 0, read at the loop's top before the next event of its thread: nothing is in flight, also nothing hidden. The
  // test behind it has all it needs.
  @Test func countOfZeroEndsIt() {
    let outcome = decisions("vcpu   :          a(o0hHtv)A a(ohHtv)A")
    #expect(outcome.decisions.last == "accepted agrees")
    #expect(outcome.invalidations("mm").map(\.close) == [.lost])
    #expect(outcome.invalidations("mm").map(\.endEvent) == [nil])
  }

  @Test func withoutACountItGoesOn() {
    let outcome = decisions("vcpu   :          a(ohHtv)A a(ohHtv)A")
    #expect(outcome.decisions == ["accepted unknown", "accepted unknown"])
    #expect(outcome.invalidations("mm").map(\.close) == [.open])
  }

  // A count of 1 may be the old one: it proves nothing.
  @Test func countOfOneProvesNothing() {
    let outcome = decisions("vcpu   :          a(o1hHtv)A a(ohHtv)A")
    #expect(outcome.decisions.last == "accepted unknown")
    #expect(outcome.invalidations("mm").map(\.close) == [.open])
  }

  // b is surely in flight where the count of 1 is read (w < o, h < e): it is the one, so the old one is over and
  // nothing is hidden.
  @Test func countOfThoseSurelyInFlightEndsIt() {
    let outcome = Marbles(
      """
      mm far     : swr x b
      b outside  :         swr              ekd
      vcpu       :              a(o1   hH    t v)A  a(ohHtv)A
      """
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.close) == [.lost])
    #expect(outcome.decisions.last == "accepted agrees")
  }

  // b's count goes down in (k, d), and the count of 1 is read around that: it may be b or the old one.
  @Test func countOfThosePerhapsInFlightDoesNot() {
    let outcome = Marbles(
      """
      mm far     : swr x b
      b outside  :         swr       ek    d
      vcpu       :              a( (     o1   hH t v)A  a(ohHtv)A
      """
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.close) == [.open])
    #expect(outcome.decisions.last == "accepted unknown")
  }

  // The next start of the same thread and notifier: the first is over. Others may still be hidden, but the count that
  // the test itself read excludes that.
  @Test func nextStartOfTheThreadEndsIt() {
    let outcome = Marbles(
      """
      mm far : swr x b     swrekd
      vcpu   :                     a(ohHt0v)A
      """
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.close) == [.lost, .end])
    #expect(outcome.decisions == ["accepted agrees"])
  }

  // The end comes after all: it was not lost, and the test that waited for it is forced (up by w, not down before k).
  @Test func endThatComesAfterAllDecides() {
    let outcome = Marbles(
      """
      vcpu       : a(ohH       t   o hH t v)A
      mm own     :      swr                   ekd
      other cpu9 :         x b
      """
    ).replayed()
    #expect(outcome.decisions == ["unfinished", "retried agrees", "accepted disagrees"])
    #expect(outcome.causes == ["necessary"])
  }

  // MARK: Hidden invalidations

  // The start fell into the gap of the thread's CPU; the end shows it. It was up from the gap's end (b) on: in flight
  // through the test.
  //
  // mm  : b  x  b               e k d
  // vcpu:          a(ohH t o
  @Test func hiddenInvalidationShowsItselfByItsEnd() {
    let outcome = Marbles(
      """
      mm own : swrekd x b                     ekd
      vcpu   :            a(ohHt   ohH t   o     hHt0v)A
      """
    ).replayed()
    #expect(Array(outcome.decisions.prefix(2)) == ["retried agrees", "retried agrees"])
    #expect(Array(outcome.causes.prefix(2)) == ["necessary", "necessary"])
    let rows = outcome.invalidations("mm")
    #expect(rows.map(\.startEvent).last == .some(nil))
    #expect(rows.last?.close == .end)
  }

  // The same behind the test's interval: begun before the gap's end, ended before the snapshot: no reason for a retry.
  @Test func hiddenInvalidationThatWasOverIsNoReason() {
    let outcome = Marbles(
      """
      mm own : swrekd x b ekd
      vcpu   :                  a(ohHt0v)A
      """
    ).replayed()
    #expect(outcome.decisions == ["accepted agrees"])
  }

  // MARK: Caches

  // A recorded `valid` holds at its check. Of the next ones nothing is known as long as a walk, or a refresh, may be
  // under way that began in the gap.
  @Test func cacheIsUnknownAfterAGap() {
    let outcome = Marbles(
      """
      vcpu       : cy       cy c1y cy cn
      other cpu9 :     x b
      """, after: .mapped
    ).replayed()
    #expect(outcome.checks == ["yes agrees", "yes unknown", "yes unknown", "yes unknown", "no unknown"])
  }

  // A count of 0 shows that no walk is under way, a whole refresh (it holds refresh_lock) that no other is. The first
  // refresh found what one of which nothing is recorded may have left; from the check that records `valid` on it is
  // known.
  @Test func cacheIsKnownAfterACountAndAWholeRefresh() {
    let outcome = Marbles(
      """
      vcpu cache3 :             ()  cy c1y cy cn
      other cpu9  :   x b
      mm outside  :      s0 wrekd
      """, after: .mappedHva
    ).replayed()
    #expect(outcome.checks == ["yes unknown", "yes unknown", "yes agrees", "no disagrees"])
  }

  // Its return may be another check's.
  @Test func checkAcrossALossHasNoAnswer() {
    let outcome = Marbles(
      """
      vcpu       : c    y
      other cpu9 :   x b
      """, after: .mapped
    ).replayed()
    #expect(outcome.checks == ["nothing"])
  }

  // The mapping is not known either: no stale page is told of across a gap.
  @Test func staleIsNotToldAcrossALoss() {
    let outcome = Marbles(
      """
      mm own     :       swrekd
      vcpu       :               c0y
      other cpu9 :  x b
      """, after: .mapped
    ).replayed()
    #expect(outcome.findings(.stale).isEmpty)
  }

  // A contract window whose end may have been moved: the check lies between the gap and the recorded end, both of which
  // bound it.
  @Test func contractIsNotToldOfAWindowWithAGap() {
    let outcome = Marbles(
      """
      mm own     : swr             ekd
      vcpu       :     cy
      other cpu9 :         x b
      """, after: .mapped
    ).replayed()
    // The end is recorded, so the window is what it was: at most this one, never more.
    #expect(outcome.findings(.contract).count <= 1)
    let lost = Marbles(
      """
      mm own     : swr              swrekd
      vcpu       :     cy
      other cpu9 :         x b
      """, after: .mapped
    ).replayed()
    #expect(lost.findings(.contract).isEmpty)
  }

  // A change of the memslots may be in the gap: whether a range hits is unknown, until the same generation is seen
  // again.
  @Test func memslotsAreInDoubt() {
    let outcome = Marbles(
      """
      vcpu       : cy                cy
      mm far     :         swrekd       swrekd
      other cpu9 :     x b
      """, after: .mapped
    ).replayed()
    #expect(outcome.invalidations("mm").map(\.hitsMemslot) == [nil, true])
  }

  // MARK: What was learnt too late

  // The gap begins with the CPU's last event, the marker comes later: what was decided in between is taken back by an
  // amendment.
  //
  // other: b                  x
  // vcpu :      a(ohHtv)A
  @Test func amendmentCoversTheWholeGap() throws {
    let recording = Marbles(
      """
      other far cpu9 : swrekd           x7 b
      vcpu           :        a(ohHtv)A
      """)
    let outcome = recording.replayed()
    let taint = try #require(outcome.taints.first)
    #expect(outcome.taints.count == 1)
    #expect(taint.vms == nil, "every VM")
    #expect(taint.after == recording.id("other", "d"))
    #expect(taint.before == recording.id("other", "x"))
    #expect(outcome.losses.map(\.cpu) == [9])
    #expect(outcome.losses.map(\.count) == [7])
    #expect(outcome.losses.map(\.line) == [recording.id("other", "x")])
    #expect(outcome.losses.map(\.afterEvent) == [recording.id("other", "d")])
  }

  @Test func lossBeforeTheFirstEventOfItsCPU() {
    let outcome = Marbles("other cpu5 : x b").replayed()
    #expect(outcome.losses.map(\.afterEvent) == [nil])
    #expect(outcome.losses.map(\.count) == [nil])
    #expect(outcome.taints.map(\.vms) == [nil])
  }

  // The refresh whose return fell into a gap: unfinished, and its cache unknown.
  @Test func refreshWithoutReturn() {
    let outcome = Marbles("vcpu : a(ohHt x  a(ohHt0v)A cy").replayed()
    #expect(outcome.refreshes.map(\.outcome) == [.unfinished, .mapped])
    #expect(outcome.checks == ["yes agrees"])
  }
}
