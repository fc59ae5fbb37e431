// Retry tests held against all orders that a recording allows: forced either way, or open.

import Testing

@testable import Replay

/// The proofs use: count up in (s, w), count down and bump in (k, d) [6.1: (e, d)], snapshot in (o, h) [6.1: (event
/// before, o)], the test in (t, next event of its thread). `far` hits a memslot, so its end bumps seq; `outside` hits
/// none.
@Suite struct RetryDecisionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var kernel = Kernel.linux612
    var deltaNs: Int64 = 0
    let drawing: String
    let expected: [String]
    var testDescription: String { name }
  }

  static let countCases = [
    Case(
      // Up by w < t, down after k > o: in flight throughout (t, o). Round 2 begins after d with no bump: nothing to
      // see.
      name: "in flight throughout the test",
      drawing: """
        vcpu       : a(ohH    t   o          hH t v)A
        mm outside :      swr       e k d
        """, expected: ["retried agrees", "accepted agrees"]),
    Case(
      name: "accepted with one in flight",
      drawing: """
        vcpu       : a(ohH    t v )A
        mm outside :      swr         ekd
        """, expected: ["accepted disagrees"]),
    Case(
      // No recorded reason: seq may have been moved without a hook (rule 23), which refutes nothing.
      name: "repeated with none in flight",
      drawing: """
        vcpu       :         a(ohH t ohH t v)A
        mm outside :  swrekd
        """, expected: ["retried unknown", "accepted agrees"]),
    Case(
      // s < t < w < v: the count may go up before or behind the kernel's read, whatever the kernel did.
      name: "going up around the test, accepted",
      drawing: """
        vcpu       : a(ohH    t   v)A
        mm outside :        s   w r    ekd
        """, expected: ["accepted open"]),
    Case(
      name: "going up around the test, repeated",
      drawing: """
        vcpu       : a(ohH    t   ohH      t v)A
        mm outside :        s   w r   e k d
        """, expected: ["retried open", "accepted agrees"]),
    Case(
      name: "starting behind the test",
      drawing: """
        vcpu       : a(ohH  t  v)A
        mm outside :             swrekd
        """, expected: ["accepted agrees"]),
    Case(
      // k < t < d: the count may be down or not.
      name: "going down around the test",
      drawing: """
        vcpu       : a(ohH       t   v)A
        mm outside :      swr e k  d
        """, expected: ["accepted open"]),
    Case(
      // e < t, but k > v: the end hook is at its memslots, the count is still up.
      name: "still up inside of the end hook",
      drawing: """
        vcpu       : a(ohH       t   v)A
        mm outside :      swr e        k d
        """, expected: ["accepted disagrees"]),
    Case(
      // The same without the event inside: on 6.1 the count goes down anywhere in (e, d).
      name: "inside of the end hook of 6.1", kernel: .linux61,
      drawing: """
        vcpu       :  (ohH       t   v)
        mm outside :      swr e          d
        """, expected: ["accepted open"]),
    Case(
      // B is up (by w) before A can go down (k): at every moment of (t, o) one of them is in flight, and neither
      // throughout.
      name: "one takes over from the other",
      drawing: """
        vcpu        : a(ohH     t          o               hH t v)A
        a outside   :      swr          ekd
        b outside2  :             s w r      e k d
        """, expected: ["retried agrees", "accepted agrees"]),
    Case(
      // B's count may go up only after A's went down (s(B) < k(A) < w(B)): a gap is possible.
      name: "perhaps a gap between two",
      drawing: """
        vcpu        : a(ohH     t          o               hH t v)A
        a outside   :      swr        ek d
        b outside2  :               s    w r  e k d
        """, expected: ["retried open", "accepted agrees"]),
  ]

  static let seqCases = [
    Case(
      // Bumped in (k, d), behind the snapshot (h < k) and before the test (d < t): moved for sure.
      name: "bumped between snapshot and test, repeated",
      drawing: """
        vcpu   : a(oh  H          t ohHtv)A
        mm far :      swr e k d
        """, expected: ["retried agrees", "accepted agrees"]),
    Case(
      name: "bumped between snapshot and test, accepted",
      drawing: """
        vcpu   : a(oh  H          t v)A
        mm far :      swr e k d
        """, expected: ["accepted disagrees"]),
    Case(
      name: "no memslot, no bump, accepted",
      drawing: """
        vcpu       : a(oh  H          t v)A
        mm outside :      swr e k d
        """, expected: ["accepted agrees"]),
    Case(
      name: "no memslot, no bump, repeated: by a mover without a hook, perhaps",
      drawing: """
        vcpu       : a(oh  H          t ohHtv)A
        mm outside :      swr e k d
        """, expected: ["retried unknown", "accepted agrees"]),
    Case(
      // (k, d) and (o, h) overlap: the snapshot may have it or not.
      name: "bumped around the snapshot",
      drawing: """
        vcpu   :       a(o     h H t v)A
        mm far : swr e    k  d
        """, expected: ["accepted open"]),
    Case(
      // d before o: the snapshot has it.
      name: "bumped before the snapshot",
      drawing: """
        vcpu   :             a(o h H t v)A
        mm far : swr e k  d
        """, expected: ["accepted agrees"]),
    Case(
      // Up before the test, and its bump behind the snapshot. Either the test's first read still finds the count, or
      // the count was down, then the bump was before that, and the second read finds it: no order lets the test pass.
      name: "counted or bumped, repeated",
      drawing: """
        vcpu   : a(oh  H     t    ohHtv)A
        mm far :      swr e k  d
        """, expected: ["retried agrees", "accepted agrees"]),
    Case(
      name: "counted or bumped, accepted",
      drawing: """
        vcpu   : a(oh  H     t    v)A
        mm far :      swr e k  d
        """, expected: ["accepted disagrees"]),
    Case(
      // The same, but the bump may be before the snapshot: then a passing order exists (snapshot has it, count down
      // before the read).
      name: "counted or bumped, snapshot unsure",
      drawing: """
        vcpu   :        a(o     hH t   v)A
        mm far : swr e    k          d
        """, expected: ["accepted open"]),
    Case(
      // 6.1: the snapshot lies before o (it is recorded there), and (e, d) behind it.
      name: "6.1: ended behind the loop's probe", kernel: .linux61,
      drawing: """
        vcpu   :     ( o      h H t ohHtv)
        mm far : swr    e d
        """, expected: ["retried agrees", "accepted agrees"]),
    Case(
      // 6.12: the snapshot lies in (o, h), and so does (k, d).
      name: "6.12: ended behind the loop's probe",
      drawing: """
        vcpu   :    a( o      h H t ohHtv)A
        mm far : swr    e k d
        """, expected: ["retried open", "accepted agrees"]),
    Case(
      // 6.1: (e, d) lies in (refresh, o) as the snapshot does.
      name: "6.1: ended before the loop's probe", kernel: .linux61,
      drawing: """
        vcpu   :     (      o h H t ohHtv)
        mm far : swr    e d
        """, expected: ["retried open", "accepted agrees"]),
    Case(
      // 6.1, round 2: the snapshot lies behind the former test; (e, d) lies between that test and o.
      name: "6.1: the second snapshot", kernel: .linux61,
      drawing: """
        vcpu   :    (ohHt       o h H t v)
        mm far : swr      e d
        """, expected: ["retried agrees", "accepted open"]),
  ]

  static let clockCases = [
    Case(
      // d and o have one stamp on two CPUs: unordered, so the bump may be behind the snapshot.
      name: "equal stamps",
      drawing: """
        vcpu   :          a( o h H t v)A
        mm far : swr e k     d
        """, expected: ["accepted open"]),
    Case(
      name: "one stamp apart",
      drawing: """
        vcpu   :          a( o h H t v)A
        mm far : swr e k    d
        """, expected: ["accepted agrees"]),
    Case(
      // 300 ns apart, clocks off by up to 1 us.
      name: "within delta", deltaNs: 1000,
      drawing: """
        vcpu   :           a( o h H t v)A
        mm far : swr e k   d
        """, expected: ["accepted open"]),
    Case(
      name: "beyond delta", deltaNs: 1000,
      drawing: """
        vcpu   :                   a( o h H t v)A
        mm far : swr e k  d
        """, expected: ["accepted agrees"]),
    Case(
      // The same thread: its own order, whatever delta. Ended before its own refresh begins.
      name: "the refresher's own invalidation", deltaNs: 1000,
      drawing: """
        vcpu far : swrekda(ohHtv)A
        """, expected: ["accepted agrees"]),
  ]

  @Test(arguments: countCases) func count(_ sample: Case) { expect(sample) }
  @Test(arguments: seqCases) func seq(_ sample: Case) { expect(sample) }
  @Test(arguments: clockCases) func clock(_ sample: Case) { expect(sample) }

  private func expect(_ sample: Case) {
    let outcome = Marbles(sample.drawing, kernel: sample.kernel).replayed(deltaNs: sample.deltaNs)
    #expect(outcome.decisions == sample.expected)
    // Only what disagrees is a divergence, and each is one.
    let divergences = sample.expected.count { $0.hasSuffix("disagrees") }
    #expect(outcome.findings(.divergence).count == divergences)
  }

  // Every decision that disagrees cites the round's events and the invalidation that decides.
  @Test func divergenceCitesItsProof() throws {
    let recording = Marbles(
      """
      vcpu       : a(ohH    t v )A
      mm outside :      swr         ekd
      """)
    let finding = try #require(recording.replayed().findings.first)
    #expect(finding.event == recording.id("vcpu", "t"))
    #expect(finding.certainty == .certain)
    let cited = [
      recording.id("vcpu", "o"), recording.id("vcpu", "t"), recording.id("vcpu", "v"), recording.id("mm", "s"),
      recording.id("mm", "w"),
    ]
    #expect(Set(cited.compactMap { $0 }).isSubset(of: finding.proof))
    #expect(finding.proof == finding.proof.sorted())
  }

  // A form that does not tell where events were dropped: the round was accepted although an invalidation was surely in
  // flight, or its end and the next start were dropped. No more than possible.
  //
  // vcpu: ( o h H     t v )
  // mm  :       s w r       e k d
  @Test func nothingIsCertainWhereLossIsNotTold() {
    let recording = Marbles(
      """
      vcpu     : a(ohH   tv)A
      mm far   :      swr       ekd
      """)
    #expect(recording.replayed().found == ["divergence certain"])
    #expect(recording.replayed { $0.mayHideLoss = true }.found == ["divergence possible"])
  }
}
