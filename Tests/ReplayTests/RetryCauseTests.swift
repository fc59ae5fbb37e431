// Why a round was repeated: rule 5 of the evidence.

import Testing

@testable import Replay

/// In flight: from count up in (s, w) to count down in (k, d). `own` covers the cache's page, `far` does not but hits a
/// memslot.
@Suite struct RetryCauseTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let drawing: String
    let expected: [String]
    /// The line whose invalidation the first repeated round cites.
    var cited: String?
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "own in flight at the test",
      drawing: """
        vcpu   : a(ohH    t   o      hHt v)A
        mm own :      swr       e k d
        """, expected: ["necessary"], cited: "mm"),
    Case(
      // Up before the test, down behind the snapshot: ended between the two.
      name: "own ended between snapshot and test",
      drawing: """
        vcpu   : a(oh  H          t ohHtv)A
        mm own :      swr e k d
        """, expected: ["necessary"], cited: "mm"),
    Case(
      name: "own and others in flight",
      drawing: """
        vcpu       : a(ohH            t   o      hHtv)A
        a far      :    swr                 ekd
        b own      :       swr              ekd
        c outside  :          swr           ekd
        """, expected: ["necessary"], cited: "b"),
    Case(
      name: "a range that covers the page and more",
      drawing: """
        vcpu    : a(ohH    t   o      hHt v)A
        mm wide :      swr       e k d
        """, expected: ["necessary"], cited: "mm"),
    Case(
      name: "unrelated in flight",
      drawing: """
        vcpu   : a(ohH    t   o      hHt v)A
        mm far :      swr       e k d
        """, expected: ["false count"], cited: "mm"),
    Case(
      // start <= page < end: the range that ends with the page's first byte does not overlap …
      name: "the page before",
      drawing: """
        vcpu      : a(ohH    t   o      hHt v)A
        mm former :      swr       e k d
        """, expected: ["false count"], cited: "mm"),
    Case(
      // … nor does the one that begins behind its last.
      name: "the page behind",
      drawing: """
        vcpu    : a(ohH    t   o      hHt v)A
        mm next :      swr       e k d
        """, expected: ["false count"], cited: "mm"),
    Case(
      // Down (d) before the test, and the bump behind the snapshot (h < k): only seq can have been the reason.
      name: "unrelated ended between snapshot and test",
      drawing: """
        vcpu   : a(oh  H          t ohHtv)A
        mm far :      swr e k d
        """, expected: ["false seq"], cited: "mm"),
    Case(
      // Up at the test or bumped: one of the two, the recording does not say which.
      name: "unrelated, count or seq",
      drawing: """
        vcpu   : a(oh  H     t    ohHtv)A
        mm far :      swr e k  d
        """, expected: ["false"]),
    Case(
      // The lookup's own fault: start and end nested in it, by the same thread.
      name: "made by the round's own lookup",
      drawing: """
        vcpu own : a(oh swrekd H t ohHtv)A
        """, expected: ["necessary self"], cited: "vcpu"),
    Case(
      // With an unrelated one in flight too, the own is still the only one that overlaps.
      name: "own lookup and an unrelated one",
      drawing: """
        vcpu own : a(oh     swrekd H t   o      hHtv)A
        mm far   :     swr                 ekd
        """, expected: ["necessary self"], cited: "vcpu"),
    Case(
      name: "own lookup and another's of the page",
      drawing: """
        vcpu own : a(oh     swrekd H t   o      hHtv)A
        mm own   :     swr                 ekd
        """, expected: ["necessary"], cited: "mm"),
    Case(
      // Nested in the lookup, but of another page (a compaction on the way, say): nothing overlaps, so it is false.
      name: "own lookup, another page",
      drawing: """
        vcpu far : a(oh swrekd H t ohHtv)A
        """, expected: ["false seq"]),
    Case(
      // far is in flight for sure; own may be (s < t < w). Both orders give a retry, with different causes.
      name: "own perhaps, another surely",
      drawing: """
        vcpu  : a(ohH       t   o        hHtv)A
        a far :    swr             ekd
        b own :           s   w r  ekd
        """, expected: ["undecided"]),
    Case(
      // own may be in flight at the test; it was repeated, and the test's probe read a count: there is nothing else.
      name: "own perhaps, nothing else",
      drawing: """
        vcpu  : a(ohH       t1  ohH         t v)A
        b own :           s   w r    e k d
        """, expected: ["necessary"], cited: "b"),
    Case(
      // The count was not recorded: seq may have been moved without a hook instead (rule 23).
      name: "own perhaps, or a mover of seq",
      drawing: """
        vcpu  : a(ohH       t   ohH         t v)A
        b own :           s   w r    e k d
        """, expected: ["undecided"]),
    Case(
      // Not in flight, outside of all memslots: no recorded end hook moves seq, and something did.
      name: "none in flight, seq moved",
      drawing: """
        vcpu       :         a(ohH T ohH t v)A
        mm outside :  swrekd
        """, expected: ["false seq_other"]),
    Case(
      name: "an end that bumps nothing",
      drawing: """
        vcpu       : a(oh  H          T ohHtv)A
        mm outside :      swr e k d
        """, expected: ["false seq_other"]),
    Case(
      // The count is one of an invalidation that no hook shows: no word about seq.
      name: "none in flight, a count",
      drawing: """
        vcpu : a(ohH t1ohH t v)A
        """, expected: ["unknown"]),
  ]

  @Test(arguments: cases) func cause(_ sample: Case) throws {
    let outcome = Marbles(sample.drawing).replayed()
    #expect(outcome.causes == sample.expected)
    let first = try #require(outcome.retryRounds.first { $0.outcome == .retried })
    if let cited = sample.cited { #expect(first.invalidation == outcome.invalidations(cited).first?.id) }
  }

  @Test func lastRoundHasNoCause() {
    let accepted = Marbles("vcpu : a(ohHtv)A").replayed()
    #expect(accepted.retryRounds.map(\.cause) == [nil])
    #expect(accepted.refreshes.map(\.outcome) == [.mapped])
    let failed = Marbles(
      """
      vcpu   : a(ohH    t   o       hX  F)A
      mm own :      swr       e k d
      """
    ).replayed()
    #expect(failed.retryRounds.map(\.outcome) == [.retried, .failed])
    #expect(failed.retryRounds.map(\.cause) == [.necessary, nil])
    #expect(failed.retryRounds.map(\.decision) == [.agrees, nil])
    #expect(failed.refreshes.map(\.outcome) == [.failed])
    #expect(failed.refreshes.map(\.ret) == [-14])
  }

  // The sums of a refresh are those of its rounds: 1 own in flight, 2 own ended behind the snapshot (h < k), 3
  // unrelated in flight, 4 accepted.
  @Test func refreshCountsItsRounds() throws {
    let outcome = Marbles(
      """
      vcpu      : a( ohH     t   oh     H   t   ohH        t   o    hHtv)A
      a own     :      swr          ekd
      b outside :                                     swr       ekd
      """, columnNs: 1000
    ).replayed()
    #expect(outcome.decisions == ["retried agrees", "retried agrees", "retried agrees", "accepted agrees"])
    #expect(outcome.causes == ["necessary", "necessary", "false count"])
    let refresh = try #require(outcome.refreshes.first)
    #expect(refresh.roundCount == 4)
    #expect(refresh.necessaryCount == 2)
    #expect(refresh.falseCount == 1)
    #expect(refresh.undecidedCount == 0)
    // The loop's tops stand in columns 4, 16, 31 and 46, the last test in 53; round 3 is the false one.
    #expect(refresh.stallNs == 42_000)
    #expect(refresh.falseNs == 15_000)
    #expect(outcome.retryRounds.map(\.durationNs) == [12_000, 15_000, 15_000, 7_000])
  }
}
