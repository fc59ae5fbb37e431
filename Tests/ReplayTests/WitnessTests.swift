// The next lookup of a page as a witness: rules 21 and 22 of the evidence.

import KVMEvents
import Testing

@testable import Replay

/// H is what a lookup returned, with a digit another page. Where the window lies in the lookup (h swrekd H) the page
/// may have been read before it was freed or after. Cache 3 stands outside every memslot: mainline accepts such rounds.
@Suite struct WitnessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let drawing: String
    let found: [String]
    let witnessed: [String]
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      // The pfn in the page table changed, and only mm can have taken the first away: H was read before that.
      name: "another pfn",
      drawing: """
        vcpu cache3   : a(o h           H t v)A (ohH2tv)
        mm own cache3 :       swr e k d
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      name: "the same pfn",
      drawing: """
        vcpu cache3   : a(o h           H t v)A (ohHtv)
        mm own cache3 :       swr e k d
        """, found: ["stale possible"], witnessed: ["same_pfn"]),
    Case(
      name: "no other lookup",
      drawing: """
        vcpu cache3   : a(o h           H t v)A
        mm own cache3 :       swr e k d
        """, found: ["stale possible"], witnessed: ["not_looked_up"]),
    Case(
      // b may have taken away what mm left (or what came after mm).
      name: "another removal before it",
      drawing: """
        vcpu cache3   : a(o h           H t v)A         (ohH2tv)
        mm own cache3 :       swr e k d
        b own cache3  :                         swr ekd
        """, found: ["stale possible"], witnessed: ["blocked"]),
    Case(
      name: "another removal open over the accepted lookup",
      drawing: """
        vcpu cache3   :     a(o h           H t v)A (ohH2tv)
        mm own cache3 :           swr e k d
        b own cache3  : swr      ekd
        """, found: ["stale possible"], witnessed: ["blocked"]),
    Case(
      name: "another removal under the witness",
      drawing: """
        vcpu cache3   : a(o h           H t v)A  (o h    H2tv)
        mm own cache3 :       swr e k d
        b own cache3  :                              s w r ekd
        """, found: ["stale possible"], witnessed: ["blocked"]),
    Case(
      // e of the lookup's own invalidation comes before H: one under the witness blocks as well.
      name: "the witness's own removal",
      drawing: """
        vcpu cache3      : a(o h           H t v)A
        mm own cache3    :       swr e k d
        other own cache3 :                         (o h swrekd H2tv)
        """, found: ["stale possible"], witnessed: ["blocked"]),
    Case(
      name: "a removal behind the witness",
      drawing: """
        vcpu cache3   : a(o h           H t v)A (ohH2   tv)
        mm own cache3 :       swr e k d
        b own cache3  :                              swr     ekd
        """, found: ["stale certain", "divergence certain"], witnessed: ["other_pfn"]),
    Case(
      name: "a change of protection before it does not block",
      drawing: """
        vcpu cache3        : a(o h           H t v)A         (ohH2tv)
        mm own cache3      :       swr e k d
        b own cache3 kind2 :                         swr ekd
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      name: "a removal of another page does not block",
      drawing: """
        vcpu cache3   : a(o h           H t v)A         (ohH2tv)
        mm own cache3 :       swr e k d
        b next cache3 :                         swr ekd
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      name: "an error pfn is none: the one after it is",
      drawing: """
        vcpu cache3   : a(o h           H t v)A (ohXF(ohH2tv)
        mm own cache3 :       swr e k d
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      // The second lookup begins before e: it may have read the page before it was freed, too.
      name: "a lookup that begins before the end hook is none",
      drawing: """
        vcpu cache3   : a(o h             H t v)A
        mm own cache3 :       swr   e k d
        b cache3      :          (oh           H2tv)
        """, found: ["stale possible", "stale possible"], witnessed: ["not_looked_up", "not_looked_up"]),
    Case(
      name: "the lookup of another task",
      drawing: """
        vcpu cache3   : a(o h           H t v)A
        mm own cache3 :       swr e k d
        b cache3      :                         (ohH2tv)
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      // Over before the first round's test: among the last lookups already when the page is found stale.
      name: "a lookup before the test",
      drawing: """
        vcpu cache3   : a(o h         H               t v)A
        mm own cache3 :       swr ekd
        b cache3      :                 (ohH2tv)
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      name: "what is certain alone has one, too",
      drawing: """
        vcpu cache3   : a(o h H             t v)A (ohHtv)
        mm own cache3 :         swr   e k d
        """, found: ["stale certain"], witnessed: ["same_pfn"]),
    Case(
      name: "an accepted error pfn needs none",
      drawing: """
        vcpu cache3 : a(o h X t V)A
        """, found: ["stale certain"], witnessed: ["error_pfn"]),
    Case(
      // Splitting a huge page sends the same as clearing it.
      name: "exactly one huge page, nothing looked up again",
      drawing: """
        vcpu cache3          : a(o h H             t v)A
        mm huge cache3 kind1 :         swr   e k d
        """, found: ["stale possible"], witnessed: ["not_looked_up"]),
    Case(
      name: "exactly one huge page, the same pfn",
      drawing: """
        vcpu cache3          : a(o h H             t v)A (ohHtv)
        mm huge cache3 kind1 :         swr   e k d
        """, found: ["stale possible"], witnessed: ["same_pfn"]),
    Case(
      name: "exactly one huge page, another pfn: it was no split",
      drawing: """
        vcpu cache3          : a(o h H             t v)A (ohH2tv)
        mm huge cache3 kind1 :         swr   e k d
        """, found: ["stale certain"], witnessed: ["other_pfn"]),
    Case(
      name: "two huge pages are removed",
      drawing: """
        vcpu cache3           : a(o h H             t v)A
        mm huge2 cache3 kind1 :         swr   e k d
        """, found: ["stale certain"], witnessed: ["not_looked_up"]),
    Case(
      name: "one huge page, unmapped",
      drawing: """
        vcpu cache3          : a(o h H             t v)A
        mm huge cache3 kind0 :         swr   e k d
        """, found: ["stale certain"], witnessed: ["not_looked_up"]),
  ]

  @Test(arguments: cases) func nextLookup(_ sample: Case) {
    let outcome = Marbles(sample.drawing).replayed()
    #expect(outcome.found == sample.found)
    #expect(outcome.witnessed == sample.witnessed)
  }

  // The page is freed after the test, and a check says yes to it: its next lookup counts.
  @Test func foundByACheck() throws {
    let recording = Marbles(
      """
      vcpu cache3   : a(ohH     tv)A        cy
      mm own cache3 :      swr        e k d
      b cache3      :                          (ohH2t
      """)
    let outcome = recording.replayed()
    #expect(outcome.found == ["divergence certain", "stale certain"])
    let finding = try #require(outcome.findings(.stale).first)
    #expect(outcome.witness(of: finding)?.lookupRet == recording.id("b", "H"))
  }

  // The walk cleared `valid`, and the check found it set: a refresh that a filter left out may have set it, and what
  // that looked up is not known.
  @Test func foundByACheckThatContradicts() throws {
    let outcome = Marbles(
      """
      mm own cache3 : s w r   e k d
      b cache3      :                (ohH2t
      vcpu cache3   :                       cy
      """, after: .mappedHva
    ).replayed()
    #expect(outcome.found == ["divergence possible", "stale possible"])
    let finding = try #require(outcome.findings(.stale).first)
    #expect(outcome.witness(of: finding) == .none(.unrecordedRefresh))
  }

  // Between clocks that differ by more, b may have begun before the second lookup returned.
  @Test(arguments: [(Int64(0), "other_pfn"), (100, "blocked")]) func clocks(_ deltaNs: Int64, _ witness: String) {
    let outcome = Marbles(
      """
      vcpu cache3   : a(o h                 H   t v)A (ohH2    tv)
      mm own cache3 :          swr e k d
      b own cache3  :                                     swr       ekd
      """
    ).replayed(deltaNs: deltaNs)
    #expect(outcome.witnessed.first == witness)
  }

  // A gap may hide a removal.
  @Test func lostEvents() {
    let outcome = Marbles(
      """
      vcpu cache3   : a(o h           H t v)A    (ohH2tv)
      mm own cache3 :       swr e k d
      b             :                         b x
      """
    ).replayed()
    #expect(outcome.found.first == "stale possible")
    #expect(outcome.witnessed.first == "loss")
  }

  // An invalidation from before the recording may be open.
  @Test func beforeTheRecording() {
    let outcome = Marbles(
      """
      vcpu cache3   : a(o h           H t v)A    (ohH2tv)
      mm own cache3 :       swr e k d
      """, after: .running
    ).replayed()
    #expect(outcome.witnessed == ["hidden"])
    #expect(!outcome.found.contains("stale certain"))
  }

  // Where losses may go unseen, nothing is certain.
  @Test func lossesThatMayGoUnseen() {
    let outcome = Marbles(
      """
      vcpu cache3   : a(o h           H t v)A (ohH2tv)
      mm own cache3 :       swr e k d
      """
    ).replayed { $0.mayHideLoss = true }
    #expect(outcome.found == ["stale possible"])
  }

  // Three lookups after the first, each behind one removal (the third behind a split): another page, the same one.
  @Test func whatASamePFNWeighs() {
    let outcome = Marbles(
      """
      vcpu cache3          : a(ohHtv)A        (ohH2tv)         (ohH2tv)        (ohH3tv) (ohH4tv)
      mm own cache3        :           swrekd
      b own cache3         :                           swrekd
      c huge cache3 kind1  :                                            swrekd
      """
    ).replayed()
    #expect(outcome.weight.afterRemovalCount == 2)
    #expect(outcome.weight.samePFNCount == 1)
  }
}
