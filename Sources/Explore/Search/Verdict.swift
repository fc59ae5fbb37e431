// What a search can find.

package enum Verdict: String, Hashable, Sendable, CaseIterable, Comparable {
  /// A check said yes inside the contract window of an invalidation of its page.
  case contract
  /// A check said yes, or a round was accepted, over a page that was freed, or over an error pfn.
  case stale
  /// A task can never finish.
  case stuck

  package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .contract: 0
    case .stale: 1
    case .stuck: 2
    }
  }
}

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
