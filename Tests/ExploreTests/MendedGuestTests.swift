// What griffoul-4 lacks, and what holds it together: its text with one line changed.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct MendedGuestTests {
  private func form(_ edit: @escaping @Sendable (inout ProtocolText<ProtocolState>) -> Void) -> ProtocolForm {
    ProtocolForm(
      id: "changed", title: "", source: "seeded by a test", rules: ProtocolForm.builtIn("griffoul-4").rules, edit: edit)
  }

  private func verdicts(_ form: ProtocolForm, _ name: String) throws -> [SearchVerdict] {
    let exploration = Explorer(form, try #require(Scenario.named(name))).explore()
    #expect(exploration.completeness == .complete)
    return exploration.verdicts
  }

  /// By hand: a vCPU that copies the pfn after its events has nothing between copy and entry that could set valid
  /// again.
  @Test(arguments: ["guest", "guest-two", "guest-events"])
  func cleanWhereItCopiesAfterTheEvents(_ scenario: String) throws {
    let form = form {
      $0["check.unlockYes"].effect = .does { $0.copiedPFN = $0.gpc.pfn }
    }
    #expect(try verdicts(form, scenario) == [])
  }

  /// By hand: the vCPU is in its guest when the page is invalidated.
  @Test func notWithoutTheWait() throws {
    #expect(try verdicts(form { $0.drop("walk.awaitGuest") }, "guest") == [.contract, .stale])
  }

  /// By hand: invalidated and freed between copy and entry, and no test follows.
  @Test func notWithoutTheTest() throws {
    let form = form { $0["guest.test"].effect = .tests { _ in .pass } }
    #expect(try verdicts(form, "guest") == [.contract, .stale])
  }

  /// By hand: tested while the mode says outside; the walk comes after that, does not wait, and the vCPU enters.
  @Test func notWhereTheTestComesBeforeTheMode() throws {
    let form = form {
      $0.swap("guest.enter", "guest.test")
      $0.send("guest.test", .retry, to: "check")
    }
    #expect(try verdicts(form, "guest").contains(.stale))
  }
}
