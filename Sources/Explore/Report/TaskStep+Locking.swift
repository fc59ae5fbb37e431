// Which steps do nothing but take or drop a lock: the timeline's lock column says as much.

import GPCProtocol

extension TaskStep {
  var isLockingOnly: Bool {
    switch self {
    case .hook(let step): step.isLockingOnly
    case .walk(let step): step.isLockingOnly
    case .refresh(let step): step.isLockingOnly
    case .wait(let step): step.isLockingOnly
    case .retry(let step): step == .lockMMU || step == .unlockMMURetry || step == .unlockMMUAccept
    case .check(let step): step == .lockRead || step == .unlockNo
    case .deactivate(let step): step != .store && step != .remove
    case .activate(let step): step != .testActive && step != .add && step != .store
    case .finished: false
    }
  }
}

extension HookStep {
  fileprivate var isLockingOnly: Bool {
    switch self {
    case .lockCount, .unlockCount, .lockMMU, .unlockMMU, .endLockMMU, .endUnlockMMU, .endLockCount, .endUnlockCount,
      .endUnlockCountAndWake:
      true
    case .raiseCount, .storeRangeStart, .storeRangeEnd, .unmapGuest, .freePages, .raiseSeq, .lowerCount, .wake: false
    }
  }
}

extension WalkStep {
  fileprivate var isLockingOnly: Bool {
    switch self {
    case .lockList, .lockRead, .dropRead, .unlockRead, .lockWrite, .unlockWrite, .unlockList: true
    case .readValidBare, .readUHVABare, .test, .clear: false
    }
  }
}

extension RefreshStep {
  fileprivate var isLockingOnly: Bool {
    switch self {
    case .lockRefresh, .lockWrite, .unlock, .relock, .unlockWrite, .unlockRefresh, .lockFailed, .unlockFailed,
      .unlockRefreshFailed:
      true
    case .begin, .loopTop, .snapshot, .lookUp, .setValid, .barrier, .accept, .fail: false
    }
  }
}

extension WaitStep {
  fileprivate var isLockingOnly: Bool {
    switch self {
    case .loopLock, .loopUnlockPending, .loopUnlockClear, .queueLock, .queueDrop, .queueUnlock: true
    case .spinCount, .spinRangeStart, .spinRangeEnd, .loopTest, .loopRelock, .queueTest, .queueSleep,
      .relockForCondition:
      false
    }
  }
}
