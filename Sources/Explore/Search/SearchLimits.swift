// How far a search may go.

/// The budget of one search. Counted, unless the user asks for a time: the same input stops at the same place.
package struct SearchLimits: Hashable, Sendable {
  package var statesMax: Int
  /// Bytes of stored states and their index.
  package var memoryMax: Int
  /// Seconds; nil: as long as it takes.
  package var secondsMax: Int?

  package init(statesMax: Int = 500_000, memoryMax: Int = 256 << 20, secondsMax: Int? = nil) {
    self.statesMax = statesMax
    self.memoryMax = memoryMax
    self.secondsMax = secondsMax
  }
}
