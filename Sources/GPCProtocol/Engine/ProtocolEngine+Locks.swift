// Which lock a step takes: what blocks a task, and whom it waits for.

extension ProtocolEngine {
  /// A lock by name; caches by index.
  package enum LockName: Hashable, Sendable {
    case invalidate, list, mmu
    case refresh(Int)
    case read(Int)
    case write(Int)
  }

  /// The lock that the next step of `task` takes, if it is one that takes a lock.
  func lockWanted<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> LockName? {
    switch state[task: task].step {
    case .hook(let step): step.wantedLock
    case .walk(let step): step.wantedLock(cache: Int(state[task: task].walked))
    case .refresh(let step): step.wantedLock(cache: operation(task, state).cache)
    case .wait(let step): step.wantedLock(cache: operation(task, state).cache)
    case .retry(let step): step == .lockMMU ? .mmu : nil
    case .check(let step): step == .lockRead ? .read(operation(task, state).cache) : nil
    case .deactivate(let step): step.wantedLock(cache: operation(task, state).cache)
    case .activate(let step): step.wantedLock(cache: operation(task, state).cache)
    case .finished: nil
    }
  }

  func canMove<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Bool {
    guard let lock = lockWanted(task, state) else {
      switch state[task: task].step {
      case .wait(.queueSleep): return state[task: task].isWoken
      case .finished: return false
      case .hook, .walk, .refresh, .wait, .retry, .check, .deactivate, .activate: return true
      }
    }
    switch lock {
    case .invalidate: return state.kvm.invalidateLock.isFree
    case .list: return state.kvm.listLock.isFree
    case .mmu: return state.kvm.mmuLock.isFree
    case .refresh(let cache): return state[cache: cache].refreshLock.isFree
    case .read(let cache): return state[cache: cache].lock.admitsReader
    case .write(let cache): return state[cache: cache].lock.admitsWriter
    }
  }
}

extension HookStep {
  var wantedLock: ProtocolEngine.LockName? {
    switch self {
    case .lockCount, .endLockCount: .invalidate
    case .lockMMU, .endLockMMU: .mmu
    case .raiseCount, .storeRangeStart, .storeRangeEnd, .unlockCount, .unmapGuest, .unlockMMU, .freePages, .raiseSeq,
      .endUnlockMMU, .lowerCount, .endUnlockCount, .endUnlockCountAndWake, .wake:
      nil
    }
  }
}

extension WalkStep {
  func wantedLock(cache: Int) -> ProtocolEngine.LockName? {
    switch self {
    case .lockList: .list
    case .lockRead: .read(cache)
    case .lockWrite: .write(cache)
    case .readValidBare, .readUHVABare, .test, .dropRead, .unlockRead, .clear, .unlockWrite, .unlockList: nil
    }
  }
}

extension RefreshStep {
  func wantedLock(cache: Int) -> ProtocolEngine.LockName? {
    switch self {
    case .lockRefresh: .refresh(cache)
    case .lockWrite, .relock, .lockFailed: .write(cache)
    case .begin, .loopTop, .snapshot, .unlock, .lookUp, .setValid, .barrier, .accept, .unlockWrite, .unlockRefresh,
      .fail,
      .unlockFailed, .unlockRefreshFailed:
      nil
    }
  }
}

extension WaitStep {
  func wantedLock(cache: Int) -> ProtocolEngine.LockName? {
    switch self {
    case .loopLock, .queueLock: .invalidate
    case .loopRelock, .relockForCondition: .write(cache)
    case .spinCount, .spinRangeStart, .spinRangeEnd, .loopTest, .loopUnlockPending, .loopUnlockClear, .queueTest,
      .queueDrop, .queueSleep, .queueUnlock:
      nil
    }
  }
}

extension DeactivateStep {
  func wantedLock(cache: Int) -> ProtocolEngine.LockName? {
    switch self {
    case .lockRefresh: .refresh(cache)
    case .lockWrite: .write(cache)
    case .lockList: .list
    case .store, .unlockWrite, .remove, .unlockList, .unlockRefresh: nil
    }
  }
}

extension ActivateStep {
  func wantedLock(cache: Int) -> ProtocolEngine.LockName? {
    switch self {
    case .lockRefresh: .refresh(cache)
    case .lockWrite: .write(cache)
    case .lockList: .list
    case .testActive, .add, .unlockList, .store, .unlockWrite: nil
    }
  }
}
