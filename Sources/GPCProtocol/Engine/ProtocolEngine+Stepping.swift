// The engine on `RecordingState`, one step at a time: for a kernel that is simulated and shows each of its moments.

import KVMEvents

extension ProtocolEngine {
  /// The next step of `task` can be taken: no lock that it wants is held, and it does not sleep.
  package func canStep(_ task: Int, _ state: borrowing RecordingState) -> Bool { canMove(task, state) }

  /// Takes one step of `task`, which must be able to. `lookUpFails` chooses what a lookup returns.
  package func take(_ task: Int, lookUpFails: Bool = false, _ state: inout RecordingState) -> StepOutcome {
    takeStep(task, choice: lookUpFails && looksUpNext(task, state) ? 1 : 0, &state)
  }
}
