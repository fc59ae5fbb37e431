// How finely the steps of tasks are interleaved.

import GPCProtocol

/// Where a search may switch from one task to another.
package enum Grain: Hashable, Sendable {
  /// After every step: one lock operation or one access.
  case step
  /// Lock sections are one step, as in the Promela model that the search is measured against. What the lock guards is
  /// seen by no other task.
  case lockSection

  /// May another task come in before this step?
  func isBoundary(_ step: TaskStep, _ program: ProtocolProgram) -> Bool {
    switch self {
    case .step: true
    case .lockSection: program.traits[Int(step.code)].beginsSection
    }
  }
}
