// Checks that say yes inside of a contract window: rule 7 of the evidence.

import KVMEvents
import Testing

@testable import Replay

/// The window is [r, e]; the cache was mapped before. A yes there diverges as well (the walk took `valid`): only
/// contracts are looked at.
@Suite struct ContractFindingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let drawing: String
    let expected: Int
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "wholly inside",
      drawing: """
        mm own : swr        e k d
        vcpu   :     cy
        """, expected: 1),
    Case(
      name: "a change of protection counts as well",
      drawing: """
        mm own kind2 : swr        e k d
        vcpu         :     cy
        """, expected: 1),
    Case(
      name: "a covering range",
      drawing: """
        mm wide : swr        e k d
        vcpu    :     cy
        """, expected: 1),
    Case(
      name: "says no",
      drawing: """
        mm own : swr        e k d
        vcpu   :     cn
        """, expected: 0),
    Case(
      name: "begins before the start hook has returned",
      drawing: """
        mm own : sw  r      e k d
        vcpu   :    c  y
        """, expected: 0),
    Case(
      name: "begins with the start hook's return",
      drawing: """
        mm own : sw  r      e k d
        vcpu   :     c y
        """, expected: 0),
    Case(
      name: "returns behind the end hook's entry",
      drawing: """
        mm own : swr      e k d
        vcpu   :      c    y
        """, expected: 0),
    Case(
      name: "returns with the end hook's entry",
      drawing: """
        mm own : swr      e k d
        vcpu   :      c   y
        """, expected: 0),
    Case(
      name: "between the end hook's entry and its return",
      drawing: """
        mm own : swr  e        k d
        vcpu   :         c y
        """, expected: 0),
    Case(
      name: "the page behind",
      drawing: """
        mm next : swr        e k d
        vcpu    :     cy
        """, expected: 0),
    Case(
      name: "the page before",
      drawing: """
        mm former : swr        e k d
        vcpu      :     cy
        """, expected: 0),
    Case(
      name: "another VM's",
      drawing: """
        mm own vm2 : swr        e k d
        vcpu       :     cy
        """, expected: 0),
    Case(
      name: "two windows around one check",
      drawing: """
        a own  : swr          e k d
        b wide :   swr        e k d
        vcpu   :         cy
        """, expected: 2),
    Case(
      name: "never ended",
      drawing: """
        mm own : swr
        vcpu   :     cy
        """, expected: 0),
    Case(
      name: "its end lost, the next start shows it over",
      drawing: """
        mm own : swr          swrekd
        vcpu   :     cy
        """, expected: 0),
  ]

  @Test(arguments: cases) func contract(_ sample: Case) {
    let outcome = Marbles(sample.drawing, after: .mapped).replayed()
    #expect(outcome.findings(.contract).count == sample.expected)
    #expect(outcome.findings(.contract).allSatisfy { $0.certainty == .certain })
  }

  // r and the check 200 ns apart: ordered by exact clocks, not by those that may be off by 1 us.
  @Test func deltaWidensTheEdges() {
    let recording = Marbles(
      """
      mm own : swr                           e k d
      vcpu   :     cy
      """, after: .mapped)
    #expect(recording.replayed(deltaNs: 0).findings(.contract).count == 1)
    #expect(recording.replayed(deltaNs: 1000).findings(.contract).isEmpty)
  }

  // Two caches on one page are judged each on its own: only cache 1 says yes here.
  @Test func findingNamesItsCheck() throws {
    let recording = Marbles(
      """
      mm own : swr        e k d
      vcpu   :     cy
      """, after: .mapped)
    let outcome = recording.replayed()
    let finding = try #require(outcome.findings(.contract).first)
    #expect(finding.event == recording.id("vcpu", "y"))
    #expect(finding.check == outcome.cacheChecks.first?.id)
    #expect(finding.invalidation == outcome.invalidations("mm").first?.id)
    let cited = ["s", "w", "r", "e"].compactMap { recording.id("mm", $0) }
    #expect(Set(cited).isSubset(of: finding.proof))
  }
}
