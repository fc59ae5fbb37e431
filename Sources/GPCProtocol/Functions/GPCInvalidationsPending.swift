// `gpc_invalidations_pending()` of dwmw2-v3.2.

extension ProtocolText {
  static func invalidationsPending(_ rules: ProtocolRules) -> Function {
    Function(FunctionName.invalidationsPending, isBare: true) {
      Line(48, "wait.loopLock", "spin_lock(mn_invalidate_lock)", takes: .invalidate)
      Line(49, "wait.loopTest", "tests count, range", ways: [.pending: .next, .clear: "wait.loopUnlockClear"]) {
        $0.kvm.isPending(at: $0.gpc.uhva) ? .pending : .clear
      }
      Line(50, "wait.loopUnlockPending", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, then: .return)
      Line(52, "wait.loopUnlockClear", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, then: "not pending")
    }
  }
}
