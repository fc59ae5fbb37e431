// `kvm_mmu_notifier_invalidate_range_end()`, virt/kvm/kvm_main.c.

import KVMEvents

extension ProtocolText {
  static func invalidateRangeEnd(_ rules: ProtocolRules) -> Function {
    let isReset = rules.range == .resetAtZero
    let hasOwnSeq = rules.seq == .gpc
    return Function(FunctionName.invalidateRangeEnd, phase: StepTraits.endHook, gpc: .none) {
      // if (range overlaps a memslot) {
      Line(9, "hook.endLockMMU", "KVM_MMU_LOCK", takes: .mmu, when: .memslot, marks: .isBetweenSections)
      // Where the gpc has a sequence of its own, this one is the page faults' alone.
      Line(
        10, "hook.raiseSeq", "mmu_invalidate_seq++", if: !hasOwnSeq, when: .memslot, others: .bumpsSeq,
        marks: .isBetweenSections
      ) {
        $0.kvm.invalidateSeq += 1
      }
      Line(
        barrier: "smp_wmb()", orders: "the seq's bump before the count's fall",
        partner: rules.retry.readsBoth ? "smp_rmb() of mmu_notifier_retry_cache()" : nil, if: !hasOwnSeq)
      Line(11, "hook.endUnlockMMU", "KVM_MMU_UNLOCK", drops: .mmu, when: .memslot)
      // }
      Line(jump: "invalidated", when: .isPunchHole, if: rules.guestMemfd != .invalidates)
      Line(call: FunctionName.cacheInvalidate, if: rules.walk.place == .endHookBeforeCount)
      Line(call: FunctionName.cacheInvalidateAtEnd, if: rules.walk.place == .bothHooks)
      Line(12, "hook.endLockCount", "spin_lock(mn_invalidate_lock)", takes: .invalidate, marks: .isAwaited)
      Line(10, "hook.raiseSeq", "gpc_invalidate_seq++", if: hasOwnSeq, others: .bumpsSeq) {
        $0.kvm.invalidateSeq += 1
      }
      Line(
        barrier: "smp_wmb()", orders: "the seq's bump before the count's fall",
        partner: rules.retry.readsBoth ? "smp_rmb() of mmu_notifier_retry_cache()" : nil, if: hasOwnSeq)
      // A bare reader can come between the two.
      Line(13, "hook.lowerCount", "mn_active_invalidate_count--", if: !isReset, section: hasOwnSeq) {
        $0.kvm.activeInvalidations -= 1
      }
      Line(13, "hook.lowerCount", "mn_active_invalidate_count--", if: isReset, section: hasOwnSeq) {
        $0.kvm.activeInvalidations -= 1
        guard $0.kvm.activeInvalidations == 0 else { return }
        $0.kvm.rangeStart = GfnToPfnCache.errorUHVA
        $0.kvm.rangeEnd = GfnToPfnCache.errorUHVA
      }
      Line(
        14, "hook.endUnlockCount", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: !rules.hasQueue)
      Line(
        14, "hook.endUnlockCount", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: rules.hasQueue,
        when: .othersInFlight, then: "woken")
      Line(
        15, "hook.endUnlockCountAndWake", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: rules.hasQueue)
      Line(16, "hook.wake", "wake_up(gpc_invalidate_wq)", if: rules.hasQueue, section: true, others: .any) {
        $0.wakeQueue()
      }
      Line(label: "woken")
      Line(call: FunctionName.cacheInvalidate, if: rules.walk.place == .endHookAfterCount)
      Line(label: "invalidated")
    }
  }
}

extension ProtocolText.Condition {
  /// A memslot has the file.
  fileprivate static var isPunchHole: Self {
    Self("it is guest_memfd's", needs: ProtocolProgram.memslot) { $0.operation.kind == .punchHole }
  }

  /// The count, under its lock, is not 0 yet.
  fileprivate static var othersInFlight: Self { Self("others are in flight") { $0.kvm.activeInvalidations != 0 } }
}

extension Step {
  fileprivate func wakeQueue() {
    for other in 0..<taskCount where engine.traits(storage.pointee[task: other].step).has(.isQueued) {
      storage.pointee[task: other].isWoken = true
    }
  }
}
