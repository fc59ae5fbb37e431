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
