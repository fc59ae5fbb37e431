// `gpc_wait_for_invalidations()` of the series: the wait queue that the end hook wakes.

extension ProtocolText {
  static func waitForInvalidations(_ rules: ProtocolRules) -> Function {
    let tellsWait = rules.wait == .queueAfterUnlockToCondition || rules.wait == .queueBeforeRelockToTop
    return Function(FunctionName.waitForInvalidations, isBare: true) {
      Line(53, "wait.queueLock", "spin_lock(mn_invalidate_lock)", takes: .invalidate)
      Line(54, "wait.queueTest", "tests count, range", ways: [.pending: .next, .clear: "wait.queueUnlock"]) {
        $0.local.isWoken = false
        return $0.kvm.isPending(at: $0.gpc.uhva) ? .pending : .clear
      }
      // Being on the queue begins under the lock, so no wake-up is lost.
      Line(55, "wait.queueDrop", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, marks: .isQueued) {
        $0.local.hasWaited = true
      }
      Line(
        56, "wait.queueSleep", "schedule()", marks: [.isQueued, .sleeps], ways: [.woken: "wait.queueLock"]
      ) {
        $0.local.isWoken = false
        return .woken
      }
      Line(57, "wait.queueUnlock", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: tellsWait)
      Line(57, "wait.queueUnlock", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: !tellsWait) {
        $0.local.hasWaited = false
      }
    }
  }
}
