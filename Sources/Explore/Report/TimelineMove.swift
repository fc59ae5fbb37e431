// One line of a counterexample's timeline.

import KVMEvents

/// One move of a counterexample as text, and the state after it.
package struct TimelineMove: Sendable {
  /// The task that moves, by its place among the scenario's.
  package let task: Int
  /// The kernel function; `mm` between the hooks.
  package let function: String
  /// What it does there, without the locks.
  package let statements: [String]
  /// The locks that the task holds meanwhile.
  package let locks: String
  package let state: TimelineState
  /// The recorded line that the move comes after; nil in a built-in scenario.
  package let line: EventID?
  /// It comes after a move that the recording has later: what-if.
  package let isWhatIf: Bool
}
