// The ways that the engine can go at each step. `ProtocolForm+Branches.swift` says which of them a form has.

extension TaskStep {
  /// Every way that this step can go under some form; none for the end.
  package var branches: [StepBranch] {
    switch self {
    case .hook, .deactivate: [.done]
    case .walk(let step): step.branches
    case .refresh(let step): step.branches
    case .wait(let step): step.branches
    case .retry(let step): step.branches
    case .check(let step): step == .test ? [.yes, .no] : [.done]
    case .activate(let step): step == .testActive ? [.done, .already] : [.done]
    case .finished: []
    }
  }
}

extension WalkStep {
  fileprivate var branches: [StepBranch] {
    switch self {
    case .readValidBare, .readUHVABare, .test, .clear: [.hit, .miss]
    case .lockList, .lockRead, .dropRead, .unlockRead, .lockWrite, .unlockWrite, .unlockList: [.done]
    }
  }
}

extension RefreshStep {
  fileprivate var branches: [StepBranch] {
    switch self {
    case .begin: [.lookUp, .kept, .inactive, .noMemslot]
    case .lookUp: [.done, .failed]
    case .lockRefresh, .lockWrite, .loopTop, .snapshot, .unlock, .relock, .setValid, .barrier, .accept, .unlockWrite,
      .unlockRefresh, .lockFailed, .fail, .unlockFailed, .unlockRefreshFailed:
      [.done]
    }
  }
}

extension WaitStep {
  fileprivate var branches: [StepBranch] {
    switch self {
    case .spinCount, .spinRangeStart, .spinRangeEnd, .loopTest, .queueTest: [.pending, .clear]
    case .queueSleep: [.woken]
    case .loopLock, .loopUnlockPending, .loopRelock, .loopUnlockClear, .queueLock, .queueDrop, .queueUnlock,
      .relockForCondition:
      [.done]
    }
  }
}

extension RetryStep {
  fileprivate var branches: [StepBranch] {
    switch self {
    case .flag, .rangeEnd, .seq, .section, .sectionSeq: [.retry, .pass]
    // The whole test, or the first of three fields.
    case .count: [.retry, .pending, .pass]
    case .rangeStart: [.pending, .clear]
    case .lockMMU, .unlockMMURetry, .unlockMMUAccept: [.done]
    }
  }
}
