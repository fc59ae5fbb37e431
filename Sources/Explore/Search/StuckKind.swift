// The ways to be stuck.

/// How a task is stuck.
package enum StuckKind: String, Hashable, Sendable {
  /// It waits for a lock that it holds itself.
  case selfDeadlock = "self-deadlock"
  /// A cycle of tasks, each waiting for a lock that the next one holds.
  case deadlock
  /// Nobody can move, and somebody is not done (asleep without anyone to wake it).
  case asleep
  /// Everybody who can move moves, for ever, and it is never done.
  case livelock
}
