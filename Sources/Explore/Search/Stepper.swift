// One move of the search: the step of a task, and those after it that the grain does not separate from it.

import GPCProtocol

struct Stepper: Sendable {
  let engine: ProtocolEngine
  let grain: Grain
  /// What the recorded times admit; nil: a scenario of no recording.
  var timing: Timing?

  /// In how many ways `task` can go on: not at all where a lock, or the recorded times, hold it back.
  func choices(_ task: Int, _ state: borrowing ProtocolState) -> Int {
    let count = engine.choices(task, state)
    if count > 0, let timing, !timing.admits(task, state) { return 0 }
    return count
  }

  /// Takes the move; the violations of all its steps are joined.
  func take(_ move: Move, _ state: inout ProtocolState) -> Violations {
    var concern = MoveMemo.Concern.none
    return take(move, &state, &concern) { _, _ in }
  }

  /// Takes the move, adds to `concern` which locals of other tasks its steps depend on, and passes on each step and its
  /// branch before the next one is taken.
  func take(
    _ move: Move, _ state: inout ProtocolState, _ concern: inout MoveMemo.Concern,
    _ note: (TaskStep, StepOutcome) -> Void
  ) -> Violations {
    let task = Int(move.task)
    var violations = Violations.none
    var choice = Int(move.choice)
    repeat {
      let step = state.tasks[task].step
      let outcome = engine.take(task, choice: choice, &state)
      concern = concern.joined(self.concern(of: step, outcome.branch))
      note(step, outcome)
      violations.formUnion(outcome.violations)
      if outcome.violations.contains(.contract), !mayBreach(task, state) { violations.remove(.contract) }
      choice = 0
      // Steps inside a section take no lock and leave no choice: they cannot block.
    } while !grain.isBoundary(state.tasks[task].step, engine.program)
    return violations
  }

  private func concern(of step: TaskStep, _ branch: StepBranch) -> MoveMemo.Concern {
    switch engine.traits(step).concern {
    case .none: .none
    case .bumpsSeq: .bumpsSeq
    case .readsWindows: branch == .no ? .none : .readsWindows
    case .readsBuffers: engine.rules.memory == .sequential ? .none : .any
    case .any: .any
    }
  }

  /// A hook's last step is not its return: do the recorded times leave the check of `task` between the hooks of an
  /// invalidation?
  private func mayBreach(_ task: Int, _ state: borrowing ProtocolState) -> Bool {
    guard let timing else { return true }
    let breached = engine.breachedByUse(task, state)
    for other in 0..<engine.taskCount where breached >> UInt8(other) & 1 == 1 {
      if timing.mayBeBetweenHooks(other, at: task, state) { return true }
    }
    return false
  }

  /// Has `task` nothing more to do?
  func isFinished(_ task: Int, _ state: borrowing ProtocolState) -> Bool {
    state.tasks[task].step == .finished
  }

  /// Can a task never move again: a cycle of locks, or no task can move though one is not done?
  func isDeadlocked(_ state: borrowing ProtocolState) -> Bool {
    var blocked = false
    var moves = false
    for task in 0..<engine.taskCount {
      // Held back by the recorded times is not stuck.
      if engine.choices(task, state) > 0 {
        moves = true
      } else if !isFinished(task, state) {
        blocked = true
      }
    }
    guard blocked else { return false }
    return moves ? lockCycle(state) != 0 : true
  }

  /// Tasks that wait, each for a lock that another of them (or it itself) holds: one bit each; 0 where there is no such
  /// cycle.
  func lockCycle(_ state: borrowing ProtocolState) -> UInt8 {
    var blocked: UInt8 = 0
    var waitsFor = InlineArray<8, UInt8>(repeating: 0)
    for task in 0..<engine.taskCount where engine.choices(task, state) == 0 {
      guard let lock = engine.wantedLock(task, state) else { continue }
      waitsFor[task] = engine.holders(lock, state)
      blocked |= 1 << UInt8(task)
    }
    // Whoever waits only for running tasks is no part of a cycle; take such tasks away until none is left to take.
    var cycle: UInt8
    repeat {
      cycle = blocked
      for task in 0..<engine.taskCount where cycle >> UInt8(task) & 1 == 1 && waitsFor[task] & blocked == 0 {
        blocked &= ~(1 << UInt8(task))
      }
    } while blocked != cycle
    return cycle
  }
}
