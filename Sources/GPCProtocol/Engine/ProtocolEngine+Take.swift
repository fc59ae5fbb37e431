// Which tasks can move, in how many ways, and the step itself.

import KVMEvents

extension ProtocolEngine {
  /// The operation that `task` is in. It must not have finished.
  func operation(_ task: Int, _ state: borrowing ProtocolState) -> CompiledOperation {
    operations[firstOperation[task] + Int(state.tasks[task].operation)]
  }

  /// How many ways the next step of `task` can go: 0 blocked or finished, 1 as a rule, more where the world decides.
  package func choices(_ task: Int, _ state: borrowing ProtocolState) -> Int {
    guard canMove(task, state) else { return 0 }
    switch state.tasks[task].step {
    case .hook(.lockCount): return Int(operation(task, state).rangeCount)
    case .walk(.lockList):
      return rules.mutations.contains(.walkBeforeCountUp) ? Int(operation(task, state).rangeCount) : 1
    case .walk(.readValidBare): return bufferedWriter(of: Int(state.tasks[task].walked), state) == nil ? 1 : 2
    case .refresh(.lookUp): return operation(task, state).lookUpMayFail ? 2 : 1
    case .hook, .walk, .refresh, .wait, .retry, .check, .deactivate, .activate: return 1
    case .finished: return 0
    }
  }

  /// Takes one step of `task`, which must be able to move.
  package func take(_ task: Int, choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    switch state.tasks[task].step {
    case .hook(let step): return takeHook(step, task, choice, &state)
    case .walk(let step): return takeWalk(step, task, choice, &state)
    case .refresh(let step): return takeRefresh(step, task, choice, &state)
    case .wait(let step): return takeWait(step, task, &state)
    case .retry(let step): return takeRetry(step, task, &state)
    case .check(let step): return takeCheck(step, task, &state)
    case .deactivate(let step): return takeDeactivate(step, task, &state)
    case .activate(let step): return takeActivate(step, task, &state)
    case .finished: fatalError("task \(task) takes a step after it has finished")
    }
  }

  /// The first step of the operation that `task` has come to.
  func beginOperation(_ task: Int, _ state: inout ProtocolState) {
    guard operationCount(task) > 0 else { return }
    state.tasks[task].step =
      switch operation(task, state).kind {
      case .invalidate: rules.mutations.contains(.walkBeforeCountUp) ? .walk(.lockList) : .hook(.lockCount)
      case .refresh: firstRefreshStep
      case .check, .use: .check(.lockRead)
      case .deactivate: rules.hasRefreshLock ? .deactivate(.lockRefresh) : .deactivate(.lockWrite)
      case .activate: rules.hasRefreshLock ? .activate(.lockRefresh) : .activate(.testActive)
      }
  }

  /// Ends the operation: locals are forgotten, so that equal states stay equal.
  func finishOperation(_ task: Int, _ state: inout ProtocolState) {
    var next = TaskState()
    next.operation = state.tasks[task].operation + 1
    if Int(next.operation) == operationCount(task) {
      guard repeats[task] else {
        next.operation = 0
        state.tasks[task] = next
        return
      }
      next.operation = 0
    }
    state.tasks[task] = next
    beginOperation(task, &state)
  }
}
