// How a round of the retry loop waits for invalidations in flight.

package enum WaitRule: String, Hashable, CaseIterable, Sendable {
  case none
  /// Busy-wait before the snapshot while the count, read bare, is not 0.
  case spinOnCount = "spin-on-count"
  /// Busy-wait before the snapshot while count and range, each read bare, cover the uhva.
  case spinOnPending = "spin-on-pending"
  /// `while (pending) { cond_resched(); write_lock(); continue; }` after the lock was dropped: `continue` stays in the
  /// inner loop.
  case relockLoop = "relock-loop"
  /// Sleep on the wait queue that is woken when the count falls to 0, `mn_invalidate_lock` not held asleep: between
  /// dropping `gpc->lock` and releasing the former round's page.
  case queueAfterUnlock = "queue-after-unlock"
  /// The same; having waited, `write_lock(); continue;` inside `do { } while (condition)`: to the condition, not to the
  /// loop top.
  case queueAfterUnlockToCondition = "queue-after-unlock-to-condition"
  /// Sleep on the queue right before the snapshot.
  case queueBeforeSnapshot = "queue-before-snapshot"
  /// Sleep on the queue between mapping the new pfn and taking `gpc->lock` again.
  case queueBeforeRelock = "queue-before-relock"
  /// The same; having waited, the lookup is thrown away: to the loop top.
  case queueBeforeRelockToTop = "queue-before-relock-to-top"

  /// It waits for any invalidation in flight, wherever that lies.
  package var isForAny: Bool {
    switch self {
    case .spinOnCount: true
    case .none, .spinOnPending, .relockLoop, .queueAfterUnlock, .queueAfterUnlockToCondition, .queueBeforeSnapshot,
      .queueBeforeRelock, .queueBeforeRelockToTop:
      false
    }
  }

  /// It comes between lookup and retry test; else before the lookup.
  package var isBehindLookup: Bool { self == .queueBeforeRelock || self == .queueBeforeRelockToTop }

  /// A round goes on when it is over: `relock-loop` takes a lock that it holds itself.
  package var canBeLeft: Bool { self != .none && self != .relockLoop }

  /// It sleeps on the queue that the end hook wakes.
  package var isQueue: Bool {
    switch self {
    case .queueAfterUnlock, .queueAfterUnlockToCondition, .queueBeforeSnapshot, .queueBeforeRelock,
      .queueBeforeRelockToTop:
      true
    case .none, .spinOnCount, .spinOnPending, .relockLoop: false
    }
  }
}
