// The ways to be in a deadlock.

/// Why a task can never move again.
package enum StuckKind: String, Hashable, Sendable {
  /// It waits for a lock that it holds itself.
  case selfDeadlock = "self-deadlock"
  /// A cycle of tasks, each waiting for a lock that the next one holds.
  case deadlock
  /// No task can move, and one is not done (asleep, with no task left to wake it).
  case asleep
}
