// Recordings by fewer probes: what rests on a missing one is unknown (rule 14 of the evidence).

import KVMEvents
import Testing

@testable import Replay

@Suite struct MissingProbeTests {
  /// Round 1 repeated for far, round 2 accepted; a check of the mapped cache behind it, one that the walk of own made
  /// say no.
  private static let recording = Marbles(
    """
    vcpu    : a(ohH    t   o          hH t v)A cy         cn
    far     :      swr       e k d
    own     :                                     swrekd
    """)

  @Test func nothingIsMissing() {
    let outcome = Self.recording.replayed()
    #expect(outcome.decisions == ["retried agrees", "accepted open"])
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // Entry and return of both hooks, of the body and of its lookup: without one of them nothing that rests on what did
  // not happen stands in the end (rule 19; the store takes it back: AmendmentTests).
  @Test(
    arguments: [
      .mnInvalidateRangeStart, .mnInvalidateRangeStartRet, .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet,
      .lockedRefresh,
      .lockedRefreshRet, .hvaToPfn, .hvaToPfnRet,
    ] as [EventKind])
  func lacksProbes(kind: EventKind) {
    #expect(Self.recording.without(kind).replayed().missingProbes == [kind])
  }

  // What only narrows an interval is not needed.
  @Test(
    arguments: [.gpcInvalidateStart, .mnInvalidateEndKvm, .gpcRetryLoop, .gpcRetryCheck, .gpcRefreshDone] as [EventKind]
  )
  func narrowsOnly(kind: EventKind) {
    let outcome = Self.recording.without(kind).replayed()
    #expect(outcome.missingProbes.isEmpty)
    #expect(outcome.findings(.divergence).isEmpty)
  }

  // The test of round 1 lies in (H, o): far is up by w, but s may be behind the test. That it was repeated has no other
  // reason than far, or a mover of seq without a hook (rule 23): false either way.
  @Test func withoutTheTest() {
    let outcome = Self.recording.without(.gpcRetryCheck).replayed()
    #expect(outcome.retryRounds.map(\.outcome) == [.retried, .accepted])
    #expect(outcome.decisions == ["retried open", "accepted open"])
    #expect(outcome.causes == ["false"])
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // Accepted rounds are known by the refresh's return.
  @Test func withoutTheDone() {
    let outcome = Self.recording.without(.gpcRefreshDone).replayed()
    #expect(outcome.decisions == ["retried agrees", "accepted open"])
    #expect(outcome.refreshes.map(\.outcome) == [.mapped])
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // The lookups are not known, so no stale page; but own is up before the test and not down behind it: in flight at the
  // test, that is necessary wherever the snapshot was, and with far in flight too.
  @Test func withoutTheLookup() {
    let outcome = Marbles(
      """
      vcpu : a(ohH       t   o          hH t v)A
      far  :   swr             e k d
      own  :      swr          e k d
      """
    ).without(.hvaToPfn, .hvaToPfnRet).replayed()
    #expect(outcome.decisions.first == "retried agrees")
    #expect(outcome.causes == ["necessary"])
    #expect(outcome.findings(.stale).isEmpty)
  }

  @Test func withoutTheResultOfTheLookup() {
    let outcome = Marbles(
      """
      vcpu cache3   : a(o h H             t v)A
      mm own cache3 :         swr   e k d
      """
    ).without(.hvaToPfnRet).replayed()
    #expect(outcome.found == [])
    #expect(outcome.decisions == ["accepted agrees"])
  }

  // The rounds begin with their lookups; the time lost to false ones is counted from there.
  @Test func withoutTheLoop() throws {
    let outcome = Marbles(
      """
      vcpu    : a(ohH    t   o  hH t v)A
      outside :      swr      ek d
      """
    ).without(.gpcRetryLoop).replayed()
    #expect(outcome.retryRounds.map(\.outcome) == [.retried, .accepted])
    let refresh = try #require(outcome.refreshes.first)
    #expect(refresh.roundCount == 2)
    #expect(refresh.falseCount == 1)
    // From lookup (column 3) to lookup (16), 100 ns each.
    #expect(refresh.falseNs == outcome.retryRounds.first?.durationNs)
    #expect(refresh.falseNs == 1300)
  }

  // The windows have no begin: no contract and no stale page, and nothing wrong is told.
  @Test func withoutTheStartHooksReturn() {
    let outcome = Marbles(
      """
      mm own : swr        e k d
      vcpu   :     cy            cy
      """, after: .mapped
    ).without(.mnInvalidateRangeStartRet).replayed()
    #expect(outcome.findings(.contract).isEmpty)
    #expect(outcome.findings(.stale).isEmpty)
  }

  // When the count goes down is not known: behind the end hook's entry neither answer is a divergence. In flight before
  // it is as sure as ever.
  @Test func withoutTheEndHooksReturn() {
    let outcome = Self.recording.without(.mnInvalidateRangeEndRet).replayed()
    #expect(outcome.decisions.first == "retried agrees")
    #expect(outcome.findings(.divergence).isEmpty)
  }

  // No answers: the checks are rows without.
  @Test func withoutTheAnswers() {
    let outcome = Self.recording.without(.gpcCheckRet).replayed()
    #expect(outcome.checks == ["nothing", "nothing"])
  }
}
