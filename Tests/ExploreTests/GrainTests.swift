// Where lock sections end.

import Forms
import GPCProtocol
import Testing

@testable import Explore

@Suite struct GrainTests {
  // docs/protocol.md: mainline takes its snapshot with `gpc->lock` held, seanjc-1 and v5.17 without: a bare access, a
  // step of its own.
  @Test func snapshotWithoutTheLockIsAStep() throws {
    for form in ProtocolForm.all {
      guard let snapshot = form.program.step("refresh.snapshot") else { continue }
      let isLocked = form.rules.snapshot == .loopTop
      #expect(Grain.lockSection.isBoundary(snapshot, form.program) == !isLocked, "\(form.id)")
    }
    for (form, isLocked) in [(ProtocolForm.builtIn("seanjc-1"), false), (.builtIn("v5.17"), false), (.v69, true)] {
      let snapshot = try #require(form.program.step("refresh.snapshot"))
      #expect(Grain.lockSection.isBoundary(snapshot, form.program) == !isLocked)
    }
  }
}
