// How finely the steps of tasks are interleaved.

import GPCProtocol

/// Where a search may switch from one task to another.
package enum Grain: Hashable, Sendable {
  /// After every step: one lock operation or one access.
  case step
  /// Lock sections are one step, as in the Promela model that the search is measured against. What the lock guards is seen by nobody else.
  case lockSection

  /// May another task come in before this step?
  func isBoundary(_ step: TaskStep, _ rules: ProtocolRules) -> Bool {
    switch self {
    case .step: true
    case .lockSection:
      // At the loop top the lock is held; anywhere else the snapshot is a bare access.
      step == .refresh(.snapshot) ? rules.snapshot != .loopTop : step.beginsSection
    }
  }
}

extension TaskStep {
  fileprivate var beginsSection: Bool {
    switch self {
    case .hook(let step): step.beginsSection
    case .walk(let step): step.beginsSection
    case .refresh(let step): step.beginsSection
    case .wait: true
    case .retry: true
    case .check(let step): step == .lockRead
    case .deactivate(let step): step == .lockRefresh || step == .lockWrite || step == .lockList
    case .activate(let step): step == .lockRefresh || step == .lockWrite || step == .lockList
    case .finished: true
    }
  }
}

extension HookStep {
  fileprivate var beginsSection: Bool {
    switch self {
    // The range is stored behind the count under the same lock, and each is read bare.
    case .lockCount, .storeRangeStart, .storeRangeEnd, .lockMMU, .freePages, .endLockMMU, .endLockCount, .wake: true
    case .raiseCount, .unlockCount, .unmapGuest, .unlockMMU, .raiseSeq,
      .endUnlockMMU, .lowerCount, .endUnlockCount, .endUnlockCountAndWake:
      false
    }
  }
}

extension WalkStep {
  fileprivate var beginsSection: Bool {
    switch self {
    case .lockList, .readValidBare, .readUHVABare, .lockRead, .lockWrite, .unlockList: true
    case .test, .dropRead, .unlockRead, .clear, .unlockWrite: false
    }
  }
}

extension RefreshStep {
  fileprivate var beginsSection: Bool {
    switch self {
    case .lockRefresh, .lockWrite, .lookUp, .relock, .setValid, .barrier, .accept, .lockFailed: true
    case .begin, .loopTop, .snapshot, .unlock, .unlockWrite, .unlockRefresh, .fail, .unlockFailed,
      .unlockRefreshFailed:
      false
    }
  }
}
