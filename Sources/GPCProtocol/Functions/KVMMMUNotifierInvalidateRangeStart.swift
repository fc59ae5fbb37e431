// `kvm_mmu_notifier_invalidate_range_start()`, virt/kvm/kvm_main.c.

import KVMEvents

extension ProtocolText {
  static func invalidateRangeStart(_ rules: ProtocolRules) -> Function {
    let walks = rules.walk.place.isInStartHook
    return Function(FunctionName.invalidateRangeStart, phase: 1, gpc: .none) {
      Line(0, "hook.lockCount", "spin_lock(mn_invalidate_lock)", takes: .invalidate, phase: 0)
      Line(1, "hook.raiseCount", "mn_active_invalidate_count++", if: !rules.range.isWithCount, phase: 0) {
        $0.kvm.activeInvalidations += 1
      }
      // If only mn_invalidate_lock guards the range, no task reads the two separately.
      Line(1, "hook.raiseCount", "mn_active_invalidate_count++, range", if: rules.range.isWithCount, phase: 0) {
        $0.kvm.activeInvalidations += 1
        let covering = $0.kvm.covering($0.range)
        $0.kvm.rangeStart = covering.start
        $0.kvm.rangeEnd = covering.end
      }
      // At the head of the walk in seanjc-3. The range is stored after the count under the same lock, and each is read
      // bare.
      Line(
        2, "hook.storeRangeStart", "mmu_gpc_invalidate_range_start =", if: rules.range == .keptAtWalk, section: true
      ) {
        $0.kvm.rangeStart = $0.kvm.covering($0.range).start
      }
      Line(3, "hook.storeRangeEnd", "mmu_gpc_invalidate_range_end =", if: rules.range == .keptAtWalk, section: true) {
        $0.kvm.rangeEnd = $0.kvm.covering($0.range).end
      }
      Line(
        4, "hook.unlockCount", "spin_unlock(mn_invalidate_lock)", drops: .invalidate,
        if: !rules.walk.insideInvalidateLock)
      Line(call: FunctionName.cacheInvalidate, if: walks)
      Line(
        4, "hook.unlockCount", "spin_unlock(mn_invalidate_lock)", drops: .invalidate,
        if: rules.walk.insideInvalidateLock)
      // if (range overlaps a memslot) {
      Line(5, "hook.lockMMU", "KVM_MMU_LOCK", takes: .mmu, when: .memslot)
      Line(6, "hook.unmapGuest", "kvm_unmap_gfn_range()", when: .memslot)
      Line(7, "hook.unlockMMU", "KVM_MMU_UNLOCK", drops: .mmu, when: .memslot, marks: .isBetweenSections)
      // }
      Line(local: "return 0") { $0.local.isInWindow = true }
    }
  }

  /// What happens between the hooks.
  static func mm(_ rules: ProtocolRules) -> Function {
    Function(FunctionName.mm, phase: 2, gpc: .none) {
      Line(
        8, "hook.freePages", "zaps the PTEs, frees the pages", section: true, others: .any,
        marks: [.freesPages, .isAwaited, .pausesAfter, .isBetweenSections]
      ) {
        let chosen = $0.chosenRange
        guard chosen.freesPages else { return }
        let isOfFile = $0.operation.kind == .punchHole
        $0.storage.pointee.freePages(in: isOfFile ? chosen.range.inFile : chosen.range, by: $0.task)
      }
    }
  }
}

extension ProtocolText.Condition {
  /// `mmu_lock` is taken only if the range overlaps a memslot.
  static var memslot: Self { Self(ProtocolProgram.memslot) { $0.chosenRange.hitsMemslot } }
}
