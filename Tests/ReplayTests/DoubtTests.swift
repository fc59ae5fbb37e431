// Why something could not be judged.

import KVMEvents
import Results
import Testing

@testable import Replay

@Suite struct DoubtTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let drawing: String
    var prelude = Marbles.Prelude.created
    let expected: [Doubt?]
    var testDescription: String { name }
  }

  static let rounds = [
    Case(name: "forced", drawing: "vcpu : a(ohHtv)A", expected: [nil]),
    Case(
      // s < t < w: the count may go up before or behind the kernel's read.
      name: "around the test",
      drawing: """
        vcpu       : a(ohH    t   v)A
        mm outside :        s   w r    ekd
        """, expected: [.order]),
    Case(
      // The memslot is being moved: nobody knows whether far's end bumps seq.
      name: "memslots",
      drawing: """
        slots  :   D             M
        vcpu   : a(oh  H       t v)A
        mm far :     swr e k d
        """, expected: [.memslots]),
    Case(
      name: "a mover of seq without a hook", drawing: "vcpu : a(ohHTohHtv)A", expected: [.seqOther, nil]),
    Case(name: "a count without a hook", drawing: "vcpu : a(ohHt1ohHtv)A", expected: [.countOther, nil]),
    Case(
      // Whatever was in flight when the recording began may be it.
      name: "before the recording", drawing: "vcpu : a(ohH t ohH t v)A", prelude: .running,
      expected: [.before, .before]),
    Case(
      name: "lost events",
      drawing: """
        vcpu  : a(ohH     t v)A
        other :      b x
        """, expected: [nil, .loss]),
  ]

  @Test(arguments: rounds) func round(_ sample: Case) {
    let outcome = Marbles(sample.drawing, after: sample.prelude).replayed()
    #expect(outcome.retryRounds.map(\.doubt) == sample.expected)
  }

  static let checks = [
    Case(name: "forced", drawing: "vcpu : cy", prelude: .mapped, expected: [nil]),
    Case(
      name: "beside a walk",
      drawing: """
        mm own : s w    r
        vcpu   :     cn
        """, prelude: .mapped, expected: [.order]),
    Case(
      name: "memslot update",
      drawing: """
        slots : m        M
        vcpu  :    cn
        """, prelude: .mapped, expected: [.memslotUpdate]),
    Case(name: "no value of valid is recorded", drawing: "vcpu : cy", prelude: .running, expected: [.before]),
    Case(
      name: "lost events",
      drawing: """
        other : b x
        vcpu  :     cy
        """, prelude: .mapped, expected: [.loss]),
  ]

  @Test(arguments: checks) func check(_ sample: Case) {
    #expect(Marbles(sample.drawing, after: sample.prelude).replayed().cacheChecks.map(\.doubt) == sample.expected)
  }

  // seq read 0 at the first round and 1 at the second, and no hook was there: one move. A gap in between explains it.
  @Test(arguments: [("", Int64(1)), ("\nother : b     x", 0)]) func movesOfSeq(_ gap: String, _ moves: Int64) {
    let outcome = Marbles("vcpu : a(ohHt0v)A(ohHTohHt0v)" + gap).replayed()
    #expect(outcome.vms.first?.unexplainedMoves == moves)
  }
}
