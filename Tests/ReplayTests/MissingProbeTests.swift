// Recordings by fewer probes: what rests on a missing one is unknown (rule 14 of the evidence).

import KVMEvents
import Testing

@testable import Replay

@Suite struct MissingProbeTests {
  /// Round 1 repeated for far, round 2 accepted; a check of the mapped cache behind it, one that the walk of own made say no.
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

  // Without the hooks no invalidation is known, without their walks none that can be trusted: no verdict at all. What was decided on the
  // way is taken back for every VM and the whole recording.
  @Test(arguments: [EventKind.mnInvalidateRangeStart, .mnInvalidateRangeEnd, .gpcInvalidateStart])
  func noVerdictWithoutTheHooks(kind: EventKind) throws {
    let outcome = Self.recording.without(kind).replayed()
    let taint = try #require(outcome.taints.last)
    #expect(Set(taint.vms) == Set(outcome.vms.map(\.id)))
    #expect(taint.after == 0)
    #expect(taint.before > (Self.recording.events.last?.id ?? 0))
  }

  @Test func noVerdictWithoutAnyHook() {
    let outcome = Marbles("vcpu : imM a(ohHt ohHtv)A cn", after: .none).replayed()
    #expect(outcome.taints.map(\.vms) == [outcome.vms.map(\.id)])
  }

  // No test, no decision; that the round was repeated is seen by the next top, why is not.
  @Test func withoutTheTest() {
    let outcome = Self.recording.without(.gpcRetryCheck).replayed()
    #expect(outcome.retryRounds.map(\.outcome) == [.retried, .accepted])
    #expect(outcome.retryRounds.map(\.decision) == [nil, nil])
    #expect(outcome.causes == ["unknown"])
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // Accepted rounds are known by the refresh's return.
  @Test func withoutTheDone() {
    let outcome = Self.recording.without(.gpcRefreshDone).replayed()
    #expect(outcome.decisions == ["retried agrees", "accepted open"])
    #expect(outcome.refreshes.map(\.outcome) == [.mapped])
    #expect(outcome.checks == ["yes agrees", "no agrees"])
  }

  // The lookups are not known, so no stale page; but own is up before the test and not down behind it: in flight at the test, that is
  // necessary wherever the snapshot was, and with far in flight too.
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

  // When the count goes down is not known: behind the end hook's entry neither answer is a divergence. In flight before it is as sure
  // as ever.
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
