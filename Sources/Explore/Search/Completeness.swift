// How much of all there is a search has seen.

/// Did a search see everything?
package enum Completeness: Hashable, Sendable {
  case complete
  case truncated(Bound)

  /// Where it was cut off.
  package var bound: Bound? { if case .truncated(let bound) = self { bound } else { nil } }

  package enum Bound: Hashable, Sendable {
    case states(Int)
    case memory(Int)
    /// Seconds, of all searches together.
    case time(Int)
    /// The user's.
    case interrupt
    /// The scenario does not fit a packed state: too many tasks, caches or operations.
    case size

    /// As documents and the database have it.
    package var word: String {
      switch self {
      case .states: "states"
      case .memory: "memory"
      case .time: "time"
      case .interrupt: "interrupt"
      case .size: "size"
      }
    }

    /// The deadline's: nothing more is searched, not even at random.
    var isDeadline: Bool {
      switch self {
      case .time, .interrupt: true
      case .states, .memory, .size: false
      }
    }
  }
}
