// The steps that a form has: some belong to other forms' waits, walks and tests only.

extension ProtocolForm {
  /// Every step that a task can come to under this form, in code order.
  package var steps: [TaskStep] { TaskStep.all.filter { rules.has($0) } }
}

extension ProtocolRules {
  func has(_ step: TaskStep) -> Bool {
    switch step {
    case .hook(let step): has(step)
    case .walk(let step): has(step)
    case .refresh(let step): has(step)
    case .wait(let step): has(step)
    case .retry(let step): has(step)
    case .check: true
    case .deactivate(let step): hasRefreshLock || (step != .lockRefresh && step != .unlockRefresh)
    case .activate(let step): hasRefreshLock || step != .lockRefresh
    case .finished: true
    }
  }

  private func has(_ step: HookStep) -> Bool {
    switch step {
    case .storeRangeStart, .storeRangeEnd: range == .keptAtWalk
    case .endUnlockCountAndWake, .wake: hasQueue
    case .lockCount, .raiseCount, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU, .freePages, .endLockMMU, .raiseSeq,
      .endUnlockMMU, .endLockCount, .lowerCount, .endUnlockCount:
      true
    }
  }

  private func has(_ step: WalkStep) -> Bool {
    switch step {
    case .readValidBare, .readUHVABare: walk.locking == .bareThenWrite
    case .lockRead, .test, .dropRead, .unlockRead: walk.locking == .readThenWrite
    case .lockList, .lockWrite, .clear, .unlockWrite, .unlockList: true
    }
  }

  private func has(_ step: RefreshStep) -> Bool {
    switch step {
    case .lockRefresh, .unlockRefresh, .unlockRefreshFailed: hasRefreshLock
    case .loopTop: hasNeedsInvalidation || validity == .trueBeforeTest
    case .snapshot: snapshot != .none
    case .setValid: validity == .trueBeforeTest
    case .barrier: hasBarrierStep
    case .lockWrite, .begin, .unlock, .lookUp, .relock, .accept, .unlockWrite, .lockFailed, .fail, .unlockFailed: true
    }
  }

  private func has(_ step: WaitStep) -> Bool {
    switch step {
    case .spinCount: wait == .spinOnCount || wait == .spinOnPending
    case .spinRangeStart, .spinRangeEnd: wait == .spinOnPending
    case .loopLock, .loopTest, .loopUnlockPending, .loopRelock, .loopUnlockClear: wait == .relockLoop
    case .queueLock, .queueTest, .queueDrop, .queueSleep, .queueUnlock: hasQueue
    case .relockForCondition: wait == .queue(.afterUnlock, .continuesToCondition)
    }
  }

  private func has(_ step: RetryStep) -> Bool {
    let isSection = retry.inFlight == .sectionOverlap
    switch step {
    case .flag: return retry.readsFlag
    case .count: return retry.inFlight == .count || retry.inFlight == .pending
    case .rangeStart, .rangeEnd: return retry.inFlight == .pending
    case .seq: return retry.readsSeq && !isSection
    case .lockMMU, .section, .sectionSeq, .unlockMMURetry, .unlockMMUAccept: return isSection
    }
  }

  /// The barrier behind `valid = true` is a step only where it can matter.
  var hasBarrierStep: Bool { walk.barrierBefore && memory == .tso }

  /// Some wait sleeps on the queue that the end hook wakes.
  package var hasQueue: Bool {
    switch wait {
    case .queue: true
    case .none, .spinOnCount, .spinOnPending, .relockLoop: false
    }
  }
}
