// Where a task stands: the step it takes next.

/// One step = one lock operation or one access to a field that somebody reads bare. Grouped by the kernel function that it belongs to.
package enum TaskStep: Hashable, Sendable {
  case hook(HookStep)
  case walk(WalkStep)
  case refresh(RefreshStep)
  case wait(WaitStep)
  case retry(RetryStep)
  case check(CheckStep)
  case deactivate(DeactivateStep)
  case activate(ActivateStep)
  case finished
}

/// `kvm_mmu_notifier_invalidate_range_start()`, the mm's own work, `kvm_mmu_notifier_invalidate_range_end()`.
package enum HookStep: UInt8, CaseIterable, Sendable {
  case lockCount, raiseCount, storeRangeStart, storeRangeEnd, unlockCount
  case lockMMU, unmapGuest, unlockMMU
  case freePages
  case endLockMMU, raiseSeq, endUnlockMMU
  case endLockCount, lowerCount, endUnlockCount, endUnlockCountAndWake, wake
}

/// `gfn_to_pfn_cache_invalidate_start()`, or the same walk in the end hook.
package enum WalkStep: UInt8, CaseIterable, Sendable {
  case lockList
  case readValidBare, readUHVABare
  case lockRead, test, dropRead, unlockRead
  case lockWrite, clear, unlockWrite
  case unlockList
}

/// `__kvm_gpc_refresh()` and `hva_to_pfn_retry()`, without its wait and its retry test.
package enum RefreshStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, lockWrite, begin
  case loopTop, snapshot, unlock, lookUp, relock, setValid, accept
  case unlockWrite, unlockRefresh
  case lockFailed, fail, unlockFailed, unlockRefreshFailed
}

/// The waits of the series.
package enum WaitStep: UInt8, CaseIterable, Sendable {
  /// Busy-waits: one bare read each.
  case spinCount, spinRangeStart, spinRangeEnd
  /// `while (pending) { cond_resched(); write_lock(); continue; }`
  case loopLock, loopTest, loopUnlockPending, loopRelock, loopUnlockClear
  /// The wait queue.
  case queueLock, queueTest, queueDrop, queueSleep, queueUnlock
  /// `write_lock(); continue;` after a wait, on the way to the condition.
  case relockForCondition
}

/// The retry test.
package enum RetryStep: UInt8, CaseIterable, Sendable {
  case flag, count, rangeStart, rangeEnd, seq
  /// v5.17's test under `mmu_lock`.
  case lockMMU, section, sectionSeq, unlockMMURetry, unlockMMUAccept
}

/// `read_lock(&gpc->lock); kvm_gpc_check(); … read_unlock()`.
package enum CheckStep: UInt8, CaseIterable, Sendable {
  case lockRead, test, unlockYes, unlockNo
}

/// `kvm_gpc_deactivate()`.
package enum DeactivateStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, lockWrite, store, unlockWrite, lockList, remove, unlockList, unlockRefresh
}

/// `kvm_gpc_activate()` up to the refresh that it ends with.
package enum ActivateStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, testActive, lockList, add, unlockList, lockWrite, store, unlockWrite
}
