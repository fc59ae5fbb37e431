// A schedule that shows a verdict, with all that is needed to show it again.

import GPCProtocol
import KVMEvents

package struct Counterexample: Sendable {
  package let form: ProtocolForm
  /// The scenario that it was found in; shrunk, if it was.
  package let scenario: Scenario
  package let verdict: SearchVerdict
  /// For `deadlock`: how.
  package let stuckKind: StuckKind?
  package let schedule: Schedule
  package let grain: Grain

  /// Names form, scenario and verdict.
  package var id: String { "\(form.id)/\(scenario.name)/\(verdict.rawValue)" }

  /// The recorded events that its operations begin and end at; of a livelock, the refresh that it was derived from.
  package var recordedEvents: [EventID] {
    switch scenario.origin {
    case .builtIn: []
    case .window: scenario.bounds?.events ?? []
    case .forEver(_, let line): [line]
    }
  }

  /// Does the schedule, taken step by step, still show the verdict?
  package func reproduces() -> Bool {
    let stepper = scenario.stepper(form, grain)
    guard let layout = StateLayout(stepper.engine) else { return false }
    var state = layout.initial
    var loopState: PackedState?
    var violations: Violations = []
    for (index, move) in schedule.moves.enumerated() {
      guard Int(move.choice) < stepper.choices(Int(move.task), state) else { return false }
      if index == schedule.loopStart { loopState = layout.pack(state) }
      violations = stepper.take(move, &state)
    }
    switch verdict {
    case .contract: return violations.contains(.contract)
    case .stale: return violations.contains(.stale)
    case .deadlock: return stepper.isDeadlocked(state)
    case .livelock, .spins: return loopState.map { layout.pack(state).isSame($0) } ?? false
    }
  }
}

extension PackedState {
  func isSame(_ other: PackedState) -> Bool {
    for word in 0..<Self.wordsMax where words[word] != other.words[word] { return false }
    return true
  }
}
