// How far a search may go.

/// The budget of one search. Counted, unless there is a deadline: the same input stops at the same place.
package struct SearchLimits: Sendable {
  package var statesMax: Int
  /// Bytes of stored states and their index.
  package var memoryMax: Int
  /// Of all searches together; nil: as long as they take.
  package var deadline: Deadline?

  package init(statesMax: Int = 500_000, memoryMax: Int = 256 << 20, deadline: Deadline? = nil) {
    self.statesMax = statesMax
    self.memoryMax = memoryMax
    self.deadline = deadline
  }

  /// The same by count alone.
  var withoutDeadline: SearchLimits { SearchLimits(statesMax: statesMax, memoryMax: memoryMax) }
}
