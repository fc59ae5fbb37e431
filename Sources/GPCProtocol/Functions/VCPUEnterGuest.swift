// `vcpu_enter_guest()`, arch/x86/kvm/x86.c, of a guest that runs on a copy of `gpc->pfn`: after the check that it was
// copied under.

extension ProtocolText {
  static func enterGuest(_ rules: ProtocolRules) -> Function {
    let uses = rules.guestUsesPFN
    return Function(FunctionName.enterGuest) {
      Line(
        117, "guest.events", "handles events, which may refresh the cache", if: uses, section: true, choices: .events,
        marks: .isUnrecorded, ways: [.no: .next, .yes: "check"]
      ) {
        guard $0.choice == 1 else { return .no }
        $0.local.hasHandledEvents = true
        return .yes
      }
      Line(118, "guest.enter", "vcpu->mode = IN_GUEST_MODE", takes: .guest, if: uses, told: true, marks: .isUnrecorded)
      {
        $0.local.hasHandledEvents = false
      }
      Line(
        barrier: "smp_mb__after_srcu_read_unlock()", orders: "vcpu->mode before the bare look at valid", partner: nil,
        if: uses)
      Line(
        119, "guest.test", "tests active && !valid", if: uses, section: true, marks: .isUnrecorded,
        ways: [.retry: "guest.leaveAgain", .pass: .next]
      ) { $0.gpc.active && !$0.gpc.valid ? .retry : .pass }
      // Once in guest mode it may use the page at any time until it leaves.
      Line(
        120, "guest.run", "the guest uses the pfn that was copied", if: uses, section: true, others: .readsWindows,
        marks: .isUnrecorded
      ) {
        $0.violations = $0.judgeUse($0.copiedPFN)
      }
      Line(
        121, "guest.leave", "vcpu->mode = OUTSIDE_GUEST_MODE", drops: .guest, if: uses, then: .return, section: true,
        told: true, marks: .isUnrecorded
      ) { $0.copiedPFN = .errorFault }
      Line(
        122, "guest.leaveAgain", "vcpu->mode = OUTSIDE_GUEST_MODE; again", drops: .guest, if: uses, then: "check",
        section: true, told: true, marks: .isUnrecorded
      ) { $0.copiedPFN = .errorFault }
    }
  }
}
