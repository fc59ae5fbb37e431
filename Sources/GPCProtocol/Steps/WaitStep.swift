// The steps of the waits.

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
