// What is left of dwmw2-v2 if mainline's contract is kept, and what holds it together (README.md).

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct MendedBothWalksTests {
  private func form(_ change: (inout ProtocolRules) -> Void) -> ProtocolForm {
    ProtocolForm.builtIn("both-walks").followed(by: "changed", title: "", source: "", change)
  }

  private func verdicts(_ form: ProtocolForm, _ name: String) throws -> [SearchVerdict] {
    let exploration = Explorer(form, try #require(Scenario.named(name)), grain: .lockSection).explore()
    #expect(exploration.completeness == .complete)
    return exploration.verdicts
  }

  /// By hand: a walk that does not look at pfn hits the cache of a first refresh as well, so that the flag is cleared
  /// whenever an invalidation of the page comes and goes behind the loop top; one in flight is seen in the section.
  @Test(arguments: ["warm", "cold", "warm-refresh", "no-memslot", "hva-based", "two-refreshers", "moved"])
  func cleanWhereTheWalkDoesNotLookAtPFN(_ scenario: String) throws {
    #expect(try verdicts(form { $0.walk.testsPFN = false }, scenario) == [])
  }

  /// By hand: between wait and store an invalidation begins; its walk in the start hook finds valid false, and the walk
  /// that clears the flag is still to come when the freed page is accepted.
  @Test func notWithoutBothLocks() throws {
    let form = form {
      $0.walk.testsPFN = false
      $0.acceptsUnderInvalidateLock = false
    }
    #expect(try verdicts(form, "cold") == [.contract, .stale])
    #expect(try verdicts(form, "warm") == [])
  }
}
