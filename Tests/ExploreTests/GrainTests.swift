// Where lock sections end.

import GPCProtocol
import Testing

@testable import Explore

@Suite struct GrainTests {
  // docs/protocol.md: mainline takes its snapshot with `gpc->lock` held, seanjc-1 and v5.17 without: a bare access, a step of its own.
  @Test func snapshotWithoutTheLockIsAStep() {
    let snapshot = TaskStep.refresh(.snapshot)
    for form in ProtocolForm.all where form.steps.contains(snapshot) {
      let isLocked = form.rules.snapshot == .loopTop
      #expect(Grain.lockSection.isBoundary(snapshot, form.rules) == !isLocked, "\(form.id)")
    }
    #expect(Grain.lockSection.isBoundary(snapshot, ProtocolForm.seanjc1.rules))
    #expect(Grain.lockSection.isBoundary(snapshot, ProtocolForm.v517.rules))
    #expect(!Grain.lockSection.isBoundary(snapshot, ProtocolForm.mainline.rules))
  }
}
