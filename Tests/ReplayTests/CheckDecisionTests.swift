// Answers of checks held against the replayed cache.

import Testing

@testable import Replay

@Suite struct CheckDecisionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var prelude = Marbles.Prelude.mapped
    var kernel = Kernel.linux612
    let drawing: String
    let expected: [String]
    var testDescription: String { name }
  }

  static let invalidations = [
    Case(name: "mapped", drawing: "vcpu : cy cn", expected: ["yes agrees", "no disagrees"]),
    Case(
      name: "only initialised", prelude: .created, drawing: "vcpu : cn cy", expected: ["no agrees", "yes disagrees"]),
    Case(
      // The walk takes `valid` in (w, r): a check in between may be before or behind it.
      name: "during the walk",
      drawing: """
        mm own : sw      r e k d
        vcpu   :    cy
        v2     :      cn
        """, expected: ["yes open", "no open"]),
    Case(
      name: "before the walk",
      drawing: """
        mm own : s      wr e k d
        vcpu   :   cy cn
        """, expected: ["yes agrees", "no disagrees"]),
    Case(
      name: "behind the walk",
      drawing: """
        mm own : swr         e k d
        vcpu   :     cn cy
        """, expected: ["no agrees", "yes disagrees"]),
    Case(
      // A kernel that walks in the end hook: valid until then, open in (w, d), not valid behind it.
      name: "a walk in the end hook",
      drawing: """
        mm own : s r         e   w      d
        vcpu   :     cy cn    cy   cy     cn cy
        """,
      expected: ["yes agrees", "no disagrees", "yes agrees", "yes open", "no agrees", "yes disagrees"]),
    Case(
      name: "behind an unrelated walk",
      drawing: """
        mm far : swr         e k d
        vcpu   :     cy cn
        """, expected: ["yes agrees", "no disagrees"]),
    Case(
      // The check read valid = 1 inside of the walk's interval: the walk comes behind it, and is over at r.
      name: "recorded flag inside of the walk",
      drawing: """
        mm own : sw      r      e k d
        vcpu   :    c1y     cn cy
        """, expected: ["yes open", "no agrees", "yes disagrees"]),
  ]

  static let refreshes = [
    Case(
      // `valid` is taken before the loop's top, and set in (v, return).
      name: "through a refresh",
      drawing: """
        mm own : swr e k d
        vcpu   :             (o  h    H t  v)
        v2     :           cn   cn   cn        cy
        """, expected: ["no agrees", "no agrees", "no agrees", "yes agrees"]),
    Case(
      // It keeps its mapping: no round; nothing changes.
      name: "kept",
      drawing: """
        vcpu : (    )
        v2   :  cy     cy cn
        """, expected: ["yes open", "yes agrees", "no disagrees"]),
    Case(
      name: "-EINVAL leaves the cache as it was",
      drawing: """
        vcpu : ( E
        v2   :     cy cn
        """, expected: ["yes agrees", "no disagrees"]),
    Case(
      // No memslot: `valid` is taken before the return.
      name: "-EFAULT without a round",
      drawing: """
        vcpu : ( F
        v2   :     cn cy
        """, expected: ["no agrees", "yes disagrees"]),
    Case(
      name: "-EFAULT of the lookup",
      drawing: """
        vcpu : (ohX F
        v2   :        cn cy
        """, expected: ["no agrees", "yes disagrees"]),
    Case(
      name: "deactivated in (z, Z)",
      drawing: """
        vcpu :    z     Z
        v2   : cy   cn     cn cy
        """, expected: ["yes agrees", "no open", "no agrees", "yes disagrees"]),
  ]

  // The checks' other conditions, read under the lock with `valid`: the cache is mapped and valid throughout.
  static let conditions = [
    Case(name: "inactive", drawing: "vcpu : In Iy", expected: ["no agrees", "yes disagrees"]),
    Case(name: "stale generation", drawing: "vcpu : Gn Gy", expected: ["no agrees", "yes disagrees"]),
    Case(name: "beyond the page", drawing: "vcpu : Ln Ly", expected: ["no agrees", "yes disagrees"]),
    Case(
      name: "an hva-based cache has no generation", prelude: .mappedHva, drawing: "vcpu cache3 : Gy Gn",
      expected: ["yes agrees", "no disagrees"]),
    Case(
      name: "6.1: of another gpa", kernel: .linux61, drawing: "vcpu : Pn Py", expected: ["no agrees", "yes disagrees"]),
    Case(name: "6.1: of its gpa", kernel: .linux61, drawing: "vcpu : cy cn", expected: ["yes agrees", "no disagrees"]),
  ]

  @Test(arguments: invalidations + refreshes + conditions) func decision(_ sample: Case) {
    let outcome = Marbles(sample.drawing, after: sample.prelude, kernel: sample.kernel).replayed()
    #expect(outcome.checks == sample.expected)
    #expect(outcome.findings(.divergence).count == sample.expected.count { $0.hasSuffix("disagrees") })
  }

  // Nothing is known of an older cache: a walk, or a refresh, may be under way that began before the recording.
  @Test func olderCacheIsUnknown() {
    let outcome = Marbles("vcpu : c1y cy cn c0n cn cy", after: .running).replayed()
    #expect(outcome.checks.allSatisfy { $0.hasSuffix("unknown") })
    #expect(outcome.checks.count == 6)
    #expect(outcome.found == [])
  }

  // A recorded count of 0 and a whole refresh show that there is none; then a check's recorded flag settles the next
  // one. (Of a gpa-based cache a change of the memslots may be under way as well.)
  @Test func olderCacheIsKnownAfterACountAndAWholeRefresh() {
    let outcome = Marbles(
      """
      vcpu cache3 :          () c1y cy cn c0n cn cy
      mm outside  : s0 wrekd
      """, after: .running
    ).replayed()
    #expect(
      outcome.checks == ["yes unknown", "yes agrees", "no disagrees", "no disagrees", "no agrees", "yes disagrees"])
  }

  // A check without its return is a row without an answer.
  @Test func checkWithoutReturn() {
    let outcome = Marbles("vcpu : c   (ohHtv)", after: .mapped).replayed()
    #expect(outcome.checks == ["nothing"])
  }
}
