// An order of steps.

/// The moves of the tasks from the initial state on, and for a livelock where the part begins that is repeated for
/// ever.
package struct Schedule: Hashable, Sendable {
  package var moves: [Move]
  /// From here to the end the moves lead back to where they began.
  package var loopStart: Int?
  /// How often a task that could have gone on was interrupted, before the loop.
  package var preemptionCount: Int

  package init(moves: [Move], loopStart: Int?, preemptionCount: Int) {
    self.moves = moves
    self.loopStart = loopStart
    self.preemptionCount = preemptionCount
  }
}
