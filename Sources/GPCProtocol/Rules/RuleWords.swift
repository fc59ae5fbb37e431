// The values of the rules, each with its C: what `gpc-replay protocols --rules` prints.

extension WalkRule.Place: RuleWord {
  var statement: String {
    switch self {
    case .startHook: "gfn_to_pfn_cache_invalidate() in the start hook, behind mn_active_invalidate_count++"
    case .endHookBeforeCount: "in the end hook, behind mmu_invalidate_seq++, before mn_active_invalidate_count--"
    case .endHookAfterCount: "in the end hook, behind mn_active_invalidate_count--"
    case .bothHooks: "in the start hook on valid, and in the end hook, before mn_active_invalidate_count--, on the flag"
    }
  }
}

extension WalkRule.Test: RuleWord {
  var statement: String {
    switch self {
    case .valid: "if (gpc->valid && …) gpc->valid = false"
    case .needsInvalidation: "if (gpc->needs_invalidation && …) gpc->needs_invalidation = gpc->valid = false"
    }
  }
}

extension WalkRule.Locking: RuleWord {
  var statement: String {
    switch self {
    case .write: "write_lock(gpc->lock) for each cache"
    case .readThenWrite: "read_lock(gpc->lock); a hit drops it, takes it for write and tests again"
    case .bareThenWrite: "tests valid and uhva without a lock; a hit takes gpc->lock for write and tests again"
    }
  }
}

extension RangeRule: RuleWord {
  var statement: String {
    switch self {
    case .none: "no mmu_gpc_invalidate_range_start/end"
    case .resetAtZero: "set with mn_active_invalidate_count++, widened by others, an error again at count 0"
    case .kept: "set with mn_active_invalidate_count++, widened by others, never reset"
    case .keptAtWalk: "the same, stored at the head of the walk, each field read bare"
    }
  }
}

extension SnapshotPlace: RuleWord {
  var statement: String {
    switch self {
    case .none: "no mmu_seq"
    case .loopTop: "mmu_seq = seq at the top of the loop, gpc->lock held"
    case .beforeLookup: "mmu_seq = seq right before hva_to_pfn(), gpc->lock not held"
    }
  }
}

extension WaitRule: RuleWord {
  var statement: String {
    switch self {
    case .none: "no wait"
    case .spinOnCount: "while (mn_active_invalidate_count) cond_resched(); before the snapshot"
    case .spinOnPending: "while (count && range covers uhva) cond_resched(); before the snapshot"
    case .relockLoop: "while (pending) { cond_resched(); write_lock(); continue; } behind the unlock"
    case .queueAfterUnlock: "sleeps while pending, behind the unlock"
    case .queueAfterUnlockToCondition: "the same; having slept: write_lock(); continue; to the condition"
    case .queueBeforeSnapshot: "sleeps while pending, right before the snapshot"
    case .queueBeforeRelock: "sleeps while pending, between gpc_map() and write_lock()"
    case .queueBeforeRelockToTop: "the same; having slept: write_lock(); the lookup is thrown away, to the loop top"
    }
  }
}

extension RetryRule.InFlight: RuleWord {
  var statement: String {
    switch self {
    case .unread: "not read"
    case .count: "retry if (mn_active_invalidate_count)"
    case .pending: "retry if (count && range covers uhva), each field read bare"
    case .pendingUnderLock: "the same in one section of mn_invalidate_lock"
    case .sectionOverlap: "under mmu_lock, before the relock: retry if (mmu_notifier_count && its range covers uhva)"
    }
  }
}

extension ValidityRule: RuleWord {
  var statement: String {
    switch self {
    case .falseBeforeLoop: "valid = false before the loop, valid = true behind it"
    case .trueBeforeTest: "valid = false at each loop top, valid = true before the retry test"
    case .placeholder: "valid = true, pfn = error, khva = NULL before the loop; pfn and khva stored behind it"
    }
  }
}

extension ActivationRule: RuleWord {
  var statement: String {
    switch self {
    case .underRefreshLock: "mutex_lock(refresh_lock); list_add(); active = true; refresh; mutex_unlock()"
    case .bareReset: "fields reset without a lock; list_add(); active = true under gpc->lock; refresh"
    case .bareActive: "fields reset and active = true without a lock; list_add(); refresh"
    }
  }
}

extension DeactivationRule: RuleWord {
  var statement: String {
    switch self {
    case .underRefreshLock: "mutex_lock(refresh_lock); active = valid = false; list_del(); mutex_unlock()"
    case .unlocked: "the same without refresh_lock"
    case .unmappedLast: "active = false; list_del(); then gpc_unmap() under refresh_lock and gpc->lock"
    case .unlistedFirst: "list_del(); gpc_unmap() under refresh_lock and gpc->lock; then active = false"
    }
  }
}

extension SequenceRule: RuleWord {
  var statement: String {
    switch self {
    case .mmu: "mmu_invalidate_seq, bumped under mmu_lock if a memslot overlaps the range"
    case .gpc: "gpc_invalidate_seq, bumped in every end hook, right before mn_active_invalidate_count--"
    }
  }
}

extension GuestMemfdRule: RuleWord {
  var statement: String {
    switch self {
    case .byHVA: "hva_to_pfn() for every cache"
    case .lookedUp: "kvm_gmem_get_pfn() for a gpa that guest_memfd backs; hva_to_pfn() for every other cache"
    case .invalidates: "the same; kvm_gmem_invalidate_begin() and _end() move the count, and begin walks the caches"
    }
  }
}

extension FunctionsRule: RuleWord {
  var statement: String {
    switch self {
    case .oneRefresh: "kvm_gfn_to_pfn_cache_refresh()"
    case .byGPA: "kvm_gpc_refresh() and __kvm_gpc_refresh(), by gpa"
    case .byHVA: "kvm_gpc_activate_hva() as well: __kvm_gpc_refresh() takes a uhva"
    }
  }
}
