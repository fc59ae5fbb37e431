// How much of all there is a search has seen.

/// Did a search see everything?
package enum Completeness: Hashable, Sendable {
  case complete
  case truncated(Bound)

  package enum Bound: Hashable, Sendable {
    case states(Int)
    case memory(Int)
    /// Seconds.
    case time(Int)
    /// The scenario does not fit a packed state: too many tasks, caches or operations.
    case size
  }
}
