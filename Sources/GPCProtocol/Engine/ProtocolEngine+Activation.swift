// `kvm_gpc_activate()` and `kvm_gpc_deactivate()`.

import KVMEvents

extension ProtocolEngine {
  func takeDeactivate(_ step: DeactivateStep, _ task: Int, _ state: inout ProtocolState) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state.caches[cache].refreshLock.acquire(task)
      state.tasks[task].step = .deactivate(.lockWrite)
    case .lockWrite:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = .deactivate(.store)
    case .store:
      if rules.mutations.contains(.deactivateKeepsValid) {
        state.caches[cache].fields.active = false
      } else {
        state.caches[cache].fields.deactivate()
      }
      state.tasks[task].step = .deactivate(.unlockWrite)
    case .unlockWrite:
      state.caches[cache].lock.writer.release(task)
      state.tasks[task].step = .deactivate(.lockList)
    case .lockList:
      state.kvm.listLock.acquire(task)
      state.tasks[task].step = .deactivate(.remove)
    case .remove:
      state.caches[cache].isListed = false
      state.tasks[task].step = .deactivate(.unlockList)
    case .unlockList:
      state.kvm.listLock.release(task)
      if rules.hasRefreshLock {
        state.tasks[task].step = .deactivate(.unlockRefresh)
      } else {
        finishOperation(task, &state)
      }
    case .unlockRefresh:
      state.caches[cache].refreshLock.release(task)
      finishOperation(task, &state)
    }
    return StepOutcome()
  }

  func takeActivate(_ step: ActivateStep, _ task: Int, _ state: inout ProtocolState) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state.caches[cache].refreshLock.acquire(task)
      state.tasks[task].step = .activate(.testActive)
    case .testActive:
      let active = state.caches[cache].fields.active
      state.tasks[task].step = active ? .refresh(.lockWrite) : .activate(.lockList)
      return StepOutcome(active ? .already : .done)
    case .lockList:
      state.kvm.listLock.acquire(task)
      state.tasks[task].step = .activate(.add)
    case .add:
      state.caches[cache].isListed = true
      state.tasks[task].step = .activate(.unlockList)
    case .unlockList:
      state.kvm.listLock.release(task)
      state.tasks[task].step = .activate(.lockWrite)
    case .lockWrite:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = .activate(.store)
    case .store:
      state.caches[cache].fields.activate()
      state.tasks[task].step = .activate(.unlockWrite)
    case .unlockWrite:
      state.caches[cache].lock.writer.release(task)
      state.tasks[task].step = .refresh(.lockWrite)
    }
    return StepOutcome()
  }
}
