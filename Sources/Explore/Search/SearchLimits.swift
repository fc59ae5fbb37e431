// How far a search may go.

/// The budget of one search. Counted, not timed: the same input stops at the same place.
package struct SearchLimits: Hashable, Sendable {
  package var statesMax: Int
  /// Bytes of stored states and their index.
  package var memoryMax: Int

  package init(statesMax: Int = 500_000, memoryMax: Int = 256 << 20) {
    self.statesMax = statesMax
    self.memoryMax = memoryMax
  }
}

/// Did a search see everything?
package enum Completeness: Hashable, Sendable {
  case complete
  case truncated(Bound)

  package enum Bound: Hashable, Sendable {
    case states(Int)
    case memory(Int)
    /// The scenario does not fit a packed state: too many tasks, caches or operations.
    case size
  }
}
