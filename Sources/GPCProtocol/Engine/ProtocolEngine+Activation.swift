// `kvm_gpc_activate()` and `kvm_gpc_deactivate()`.

import KVMEvents

extension ProtocolEngine {
  func takeDeactivate<S: ProtocolStorage>(_ step: DeactivateStep, _ task: Int, _ state: inout S) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state[cache: cache].refreshLock.acquire(task)
      state[task: task].step = .deactivate(.lockWrite)
    case .lockWrite:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .deactivate(.store)
    case .store:
      if rules.mutations.contains(.deactivateKeepsValid) {
        state[cache: cache].fields.active = false
      } else {
        state[cache: cache].fields.deactivate()
      }
      state[task: task].step = .deactivate(.unlockWrite)
    case .unlockWrite:
      state[cache: cache].lock.writer.release(task)
      state[task: task].step = .deactivate(.lockList)
    case .lockList:
      state.kvm.listLock.acquire(task)
      state[task: task].step = .deactivate(.remove)
    case .remove:
      state[cache: cache].isListed = false
      state[task: task].step = .deactivate(.unlockList)
    case .unlockList:
      state.kvm.listLock.release(task)
      if rules.hasRefreshLock {
        state[task: task].step = .deactivate(.unlockRefresh)
      } else {
        finishOperation(task, &state)
      }
    case .unlockRefresh:
      state[cache: cache].refreshLock.release(task)
      finishOperation(task, &state)
    }
    return StepOutcome()
  }

  func takeActivate<S: ProtocolStorage>(_ step: ActivateStep, _ task: Int, _ state: inout S) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state[cache: cache].refreshLock.acquire(task)
      state[task: task].step = .activate(.testActive)
    case .testActive:
      let active = state[cache: cache].fields.active
      state[task: task].step = active ? .refresh(.lockWrite) : .activate(.lockList)
      return StepOutcome(active ? .already : .done)
    case .lockList:
      state.kvm.listLock.acquire(task)
      state[task: task].step = .activate(.add)
    case .add:
      state[cache: cache].isListed = true
      state[task: task].step = .activate(.unlockList)
    case .unlockList:
      state.kvm.listLock.release(task)
      state[task: task].step = .activate(.lockWrite)
    case .lockWrite:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .activate(.store)
    case .store:
      state[cache: cache].fields.activate()
      state[task: task].step = .activate(.unlockWrite)
    case .unlockWrite:
      state[cache: cache].lock.writer.release(task)
      state[task: task].step = .refresh(.lockWrite)
    }
    return StepOutcome()
  }
}
