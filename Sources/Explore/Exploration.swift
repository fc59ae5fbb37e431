// One form in one scenario: what the search found, and how much of it all it saw.

import GPCProtocol

/// The result of an exhaustive search.
package struct Exploration: Sendable {
  package let form: ProtocolForm
  package let scenario: Scenario
  package let completeness: Completeness
  /// Every verdict there is, worst first; empty: clean, if the search is complete.
  package let verdicts: [SearchVerdict]
  /// Of a deadlock.
  package let stuckKind: StuckKind?
  package let stateCount: Int
  package let transitionCount: Int
  /// Bytes of the stored states and their index.
  package let byteCount: Int
  /// The ways that steps went in some order.
  package let branchesReached: BranchSet
  /// nil where the search is complete, the deadline has passed, or the scenario does not fit the model at all.
  package let fallback: Fallback?
  /// States that no order of the recorded times leads on from.
  var deadEndCount = 0
  /// The states of the first cache at the end; only for what was cut out of a recording.
  var endStates: Set<EndState> = []
}
