// How a round of the retry loop waits for invalidations in flight.

package enum WaitRule: Hashable, Sendable {
  /// Where the wait queue is slept on.
  package enum Place: Hashable, Sendable {
    /// Between dropping `gpc->lock` and releasing the former round's page.
    case afterUnlock
    /// Right before the snapshot.
    case beforeSnapshot
    /// Between mapping the new pfn and taking `gpc->lock` again.
    case beforeRelock
  }

  /// Where control goes when the wait did wait.
  package enum Afterwards: Hashable, Sendable {
    case goesOn
    /// `write_lock(); continue;` inside `do { } while (condition)`: to the condition, not to the loop top.
    case continuesToCondition
  }

  case none
  /// Busy-wait before the snapshot while the count, read bare, is not 0.
  case spinOnCount
  /// Busy-wait before the snapshot while count and range, each read bare, cover the uhva.
  case spinOnPending
  /// `while (pending) { cond_resched(); write_lock(); continue; }` after the lock was dropped: `continue` stays in the inner loop.
  case relockLoop
  /// Sleep on the wait queue that is woken when the count falls to 0, `mn_invalidate_lock` not held asleep.
  case queue(Place, Afterwards)
}
