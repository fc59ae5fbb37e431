// What a step is in kernel words: the function it stands in, and the line.

import GPCProtocol

/// How a counterexample names a step.
struct StepWords {
  /// The kernel function; `mm` between the hooks.
  let function: String
  /// The statement, as it would stand in that function.
  let statement: String

  init(_ step: TaskStep, _ rules: ProtocolRules) {
    switch step {
    case .hook(let step): (function, statement) = (step.function, step.statement(rules))
    case .walk(let step): (function, statement) = ("gfn_to_pfn_cache_invalidate()", step.statement(rules))
    case .refresh(let step): (function, statement) = (step.function, step.statement(rules))
    case .wait(let step): (function, statement) = (step.function, step.statement)
    case .retry(let step): (function, statement) = ("mmu_notifier_retry_cache()", step.statement)
    case .check(let step): (function, statement) = ("kvm_gpc_check()", step.statement)
    case .deactivate(let step): (function, statement) = ("kvm_gpc_deactivate()", step.statement)
    case .activate(let step): (function, statement) = ("kvm_gpc_activate()", step.statement)
    case .finished: (function, statement) = ("", "done")
    }
  }
}

extension HookStep {
  fileprivate var function: String {
    switch self {
    case .lockCount, .raiseCount, .storeRangeStart, .storeRangeEnd, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU:
      "kvm_mmu_notifier_invalidate_range_start()"
    case .freePages: "mm"
    case .endLockMMU, .raiseSeq, .endUnlockMMU, .endLockCount, .lowerCount, .endUnlockCount, .endUnlockCountAndWake,
      .wake:
      "kvm_mmu_notifier_invalidate_range_end()"
    }
  }

  fileprivate func statement(_ rules: ProtocolRules) -> String {
    let hasRange = rules.range == .kept || rules.range == .resetAtZero
    switch self {
    case .lockCount, .endLockCount: return "spin_lock(mn_invalidate_lock)"
    case .raiseCount: return hasRange ? "mn_active_invalidate_count++, range" : "mn_active_invalidate_count++"
    case .storeRangeStart: return "mmu_gpc_invalidate_range_start ="
    case .storeRangeEnd: return "mmu_gpc_invalidate_range_end ="
    case .unlockCount, .endUnlockCount, .endUnlockCountAndWake: return "spin_unlock(mn_invalidate_lock)"
    case .lockMMU, .endLockMMU: return "KVM_MMU_LOCK"
    case .unmapGuest: return "kvm_unmap_gfn_range()"
    case .unlockMMU, .endUnlockMMU: return "KVM_MMU_UNLOCK"
    case .freePages: return "zaps the PTEs, frees the pages"
    case .raiseSeq: return "mmu_invalidate_seq++"
    case .lowerCount: return "mn_active_invalidate_count--"
    case .wake: return "wake_up(gpc_invalidate_wq)"
    }
  }
}

extension WalkStep {
  fileprivate func statement(_ rules: ProtocolRules) -> String {
    let flag = rules.walk.test == .valid ? "valid" : "needs_invalidation"
    switch self {
    case .lockList: return "spin_lock(gpc_lock)"
    case .readValidBare: return "reads valid"
    case .readUHVABare: return "reads uhva"
    case .lockRead: return "read_lock(gpc->lock)"
    case .test: return "tests \(flag), \(rules.walk.testsPFN ? "pfn, " : "")uhva"
    case .dropRead, .unlockRead: return "read_unlock(gpc->lock)"
    case .lockWrite: return "write_lock(gpc->lock)"
    case .clear: return "if \(flag)…: valid = false"
    case .unlockWrite: return "write_unlock(gpc->lock)"
    case .unlockList: return "spin_unlock(gpc_lock)"
    }
  }
}

extension RefreshStep {
  fileprivate var function: String {
    switch self {
    case .lockRefresh, .lockWrite, .begin, .unlockWrite, .unlockRefresh, .fail, .unlockFailed, .unlockRefreshFailed:
      "__kvm_gpc_refresh()"
    case .loopTop, .snapshot, .unlock, .lookUp, .relock, .setValid, .barrier, .accept, .lockFailed: "hva_to_pfn_retry()"
    }
  }

  fileprivate func statement(_ rules: ProtocolRules) -> String {
    switch self {
    case .lockRefresh: "mutex_lock(refresh_lock)"
    case .lockWrite, .relock, .lockFailed: "write_lock(gpc->lock)"
    case .begin: beginning(rules)
    case .loopTop: rules.hasNeedsInvalidation ? "needs_invalidation = true" : "valid = false"
    case .snapshot: "mmu_seq = mmu_invalidate_seq"
    case .unlock, .unlockWrite, .unlockFailed: "write_unlock(gpc->lock)"
    case .lookUp: "new_pfn = hva_to_pfn(); gpc_map()"
    case .setValid: rules.memory == .sequential ? "valid = true" : "valid = true (in the store buffer)"
    case .barrier: "smp_mb()"
    case .accept: rules.validity == .falseBeforeLoop ? "valid = true, pfn = new_pfn, khva" : "pfn = new_pfn, khva"
    case .unlockRefresh, .unlockRefreshFailed: "mutex_unlock(refresh_lock)"
    case .fail: "valid = false, pfn = KVM_PFN_ERR_FAULT"
    }
  }

  private func beginning(_ rules: ProtocolRules) -> String {
    switch rules.validity {
    case .falseBeforeLoop: "tests valid, uhva; valid = false"
    case .trueBeforeTest: "tests valid, uhva"
    case .placeholder: "tests valid; pfn = error, valid = true"
    }
  }
}

extension WaitStep {
  fileprivate var function: String {
    switch self {
    case .spinCount, .spinRangeStart, .spinRangeEnd, .loopRelock, .relockForCondition: "hva_to_pfn_retry()"
    case .loopLock, .loopTest, .loopUnlockPending, .loopUnlockClear: "gpc_invalidations_pending()"
    case .queueLock, .queueTest, .queueDrop, .queueSleep, .queueUnlock: "gpc_wait_for_invalidations()"
    }
  }

  fileprivate var statement: String {
    switch self {
    case .spinCount: "reads mn_active_invalidate_count"
    case .spinRangeStart: "reads mmu_gpc_invalidate_range_start"
    case .spinRangeEnd: "reads mmu_gpc_invalidate_range_end"
    case .loopLock, .queueLock: "spin_lock(mn_invalidate_lock)"
    case .loopTest, .queueTest: "tests count, range"
    case .loopUnlockPending, .loopUnlockClear, .queueDrop, .queueUnlock: "spin_unlock(mn_invalidate_lock)"
    case .loopRelock, .relockForCondition: "write_lock(gpc->lock); continue"
    case .queueSleep: "schedule()"
    }
  }
}

extension RetryStep {
  fileprivate var statement: String {
    switch self {
    case .flag: "tests needs_invalidation"
    case .count: "reads mn_active_invalidate_count"
    case .rangeStart: "reads mmu_gpc_invalidate_range_start"
    case .rangeEnd: "reads mmu_gpc_invalidate_range_end"
    case .seq, .sectionSeq: "mmu_invalidate_seq != mmu_seq?"
    case .lockMMU: "read_lock(mmu_lock)"
    case .section: "mmu_notifier_count, range?"
    case .unlockMMURetry, .unlockMMUAccept: "read_unlock(mmu_lock)"
    }
  }
}

extension CheckStep {
  fileprivate var statement: String {
    switch self {
    case .lockRead: "read_lock(gpc->lock)"
    case .test: "tests active, uhva, valid"
    case .unlockYes: "uses khva"
    case .unlockNo: "read_unlock(gpc->lock)"
    }
  }
}

extension DeactivateStep {
  fileprivate var statement: String {
    switch self {
    case .lockRefresh: "mutex_lock(refresh_lock)"
    case .lockWrite: "write_lock(gpc->lock)"
    case .store: "active = valid = false, pfn = error"
    case .unlockWrite: "write_unlock(gpc->lock)"
    case .lockList: "spin_lock(gpc_lock)"
    case .remove: "list_del(gpc->list)"
    case .unlockList: "spin_unlock(gpc_lock)"
    case .unlockRefresh: "mutex_unlock(refresh_lock)"
    }
  }
}

extension ActivateStep {
  fileprivate var statement: String {
    switch self {
    case .lockRefresh: "mutex_lock(refresh_lock)"
    case .testActive: "tests active"
    case .lockList: "spin_lock(gpc_lock)"
    case .add: "list_add(gpc->list, gpc_list)"
    case .unlockList: "spin_unlock(gpc_lock)"
    case .lockWrite: "write_lock(gpc->lock)"
    case .store: "active = true"
    case .unlockWrite: "write_unlock(gpc->lock)"
    }
  }
}
