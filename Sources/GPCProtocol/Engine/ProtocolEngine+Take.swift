// Which tasks can move, in how many ways, and the step itself.

import KVMEvents

extension ProtocolEngine {
  /// The operation that `task` is in. It must not have finished.
  func operation<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> CompiledOperation {
    state.operation(task, programs)
  }

  /// How many ways the next step of `task` can go: 0 blocked or finished, 1 as a rule, more where the world decides.
  func choicesOf<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Int {
    guard canMove(task, state) else { return 0 }
    switch state[task: task].step {
    case .hook(.lockCount): return Int(operation(task, state).rangeCount)
    case .walk(.lockList):
      return rules.mutations.contains(.walkBeforeCountUp) ? Int(operation(task, state).rangeCount) : 1
    case .walk(.readValidBare): return bufferedWriter(of: Int(state[task: task].walked), state) == nil ? 1 : 2
    case .refresh(.lookUp): return operation(task, state).lookUpMayFail ? 2 : 1
    case .hook, .walk, .refresh, .wait, .retry, .check, .deactivate, .activate: return 1
    case .finished: return 0
    }
  }

  /// Takes one step of `task`, which must be able to move.
  func takeStep<S: ProtocolStorage>(_ task: Int, choice: Int, _ state: inout S) -> StepOutcome {
    switch state[task: task].step {
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
  func beginOperation<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state[task: task].step =
      switch operation(task, state).kind {
      case .invalidate: rules.mutations.contains(.walkBeforeCountUp) ? .walk(.lockList) : .hook(.lockCount)
      case .refresh: firstRefreshStep
      case .check, .use: .check(.lockRead)
      case .deactivate: rules.hasRefreshLock ? .deactivate(.lockRefresh) : .deactivate(.lockWrite)
      case .activate: rules.hasRefreshLock ? .activate(.lockRefresh) : .activate(.testActive)
      }
  }

  /// Ends the operation; the next one of the task begins, if it has one.
  func finishOperation<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    if state.finishOperation(task, programs) { beginOperation(task, &state) }
  }
}
