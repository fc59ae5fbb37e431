// The steps of the two notifier hooks, and of the mm between them.

/// `kvm_mmu_notifier_invalidate_range_start()`, the mm's own work, `kvm_mmu_notifier_invalidate_range_end()`.
package enum HookStep: UInt8, CaseIterable, Sendable {
  case lockCount, raiseCount, storeRangeStart, storeRangeEnd, unlockCount
  case lockMMU, unmapGuest, unlockMMU
  case freePages
  case endLockMMU, raiseSeq, endUnlockMMU
  case endLockCount, lowerCount, endUnlockCount, endUnlockCountAndWake, wake
}
