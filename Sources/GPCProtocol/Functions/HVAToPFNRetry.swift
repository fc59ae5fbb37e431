// `hva_to_pfn_retry()`, virt/kvm/pfncache.c. `gpc->lock` is held for write on entry and on return.

import KVMEvents

extension ProtocolText {
  static func hvaToPFNRetry(_ rules: ProtocolRules) -> Function {
    let isSection = rules.retry.inFlight == .sectionOverlap
    let spins = rules.wait == .spinOnPending
    let tellsWait = rules.wait == .queueAfterUnlockToCondition
    let seq = rules.seq.field
    let keeps = rules.canUnmapKeptKHVA
    let throwsAway = rules.wait == .queueBeforeRelockToTop
    let locksBoth = rules.acceptsUnderInvalidateLock
    let testsFirst = isSection || !rules.testsUnderLock
    let lookUp = rules.guestMemfd == .byHVA ? "hva_to_pfn()" : "kvm_gmem_get_pfn() or hva_to_pfn()"
    return Function(FunctionName.hvaToPFNRetry) {
      // do {
      Line(label: "do")
      Line(local: "forgets mmu_seq") {
        $0.local.snapshot = 0
        $0.local.keepsKHVA = false
      }
      Line(
        31, "refresh.loopTop", rules.hasNeedsInvalidation ? "needs_invalidation = true" : "valid = false",
        if: rules.hasNeedsInvalidation || rules.validity == .trueBeforeTest
      ) {
        $0.gpc.retryLoopTop($0.rules)
        $0.local.hasBufferedValid = false
      }
      Line(32, "refresh.snapshot", "mmu_seq = \(seq)", if: rules.snapshot == .loopTop) {
        $0.local.snapshot = $0.kvm.invalidateSeq
      }
      Line(
        barrier: "smp_rmb()", orders: "mmu_seq before the lookup", partner: nil, if: rules.snapshot == .loopTop)
      Line(33, "refresh.unlock", "write_unlock(gpc->lock)", drops: .write, marks: .pausesAfter) {
        $0.local.hasWaited = false
      }
      // if (wait_for_invalidations()) { write_lock(); continue; }
      Line(call: FunctionName.waitForInvalidations, if: rules.wait == .queueAfterUnlock || tellsWait)
      Line(
        58, "wait.relockForCondition", "write_lock(gpc->lock); continue", takes: .write,
        if: tellsWait, when: .hasWaited, then: "condition",
        told: true)
      // Where the rounds run without the lock, they begin here.
      Line(label: "round")
      Line(local: "forgets mmu_seq", if: !rules.testsUnderLock) { $0.local.snapshot = 0 }
      // What a former round mapped is released: no other task sees that.
      Line(local: "gpc_unmap(new_pfn, new_khva)") { $0.local.newPFN = .errorFault }
      // while (gpc_invalidations_pending()) { cond_resched(); write_lock(); continue; }
      Line(label: "while")
      Line(call: FunctionName.invalidationsPending, if: rules.wait == .relockLoop)
      Line(
        51, "wait.loopRelock", "write_lock(gpc->lock); continue", takes: .write, if: rules.wait == .relockLoop,
        then: "while", section: true, told: true)
      Line(label: "not pending")
      // Busy-waits, one bare read each: a field that lets the refresh go on ends the loop.
      Line(
        45, "wait.spinCount", "reads mn_active_invalidate_count", if: rules.wait == .spinOnCount, section: true,
        marks: [.spins, .mayLoop], ways: [.pending: "wait.spinCount", .clear: .next]
      ) { $0.kvm.activeInvalidations != 0 ? .pending : .clear }
      Line(
        45, "wait.spinCount", "reads mn_active_invalidate_count", if: spins, section: true,
        marks: [.spins, .mayLoop], ways: [.pending: .next, .clear: "awaited"]
      ) { $0.kvm.activeInvalidations != 0 ? .pending : .clear }
      Line(
        46, "wait.spinRangeStart", "reads mmu_gpc_invalidate_range_start", if: spins, section: true,
        ways: [.pending: .next, .clear: "awaited"]
      ) { $0.kvm.rangeStart.rawValue <= $0.gpc.uhva.rawValue ? .pending : .clear }
      Line(
        47, "wait.spinRangeEnd", "reads mmu_gpc_invalidate_range_end", if: spins, section: true,
        ways: [.pending: "wait.spinCount", .clear: .next]
      ) { $0.gpc.uhva.rawValue < $0.kvm.rangeEnd.rawValue ? .pending : .clear }
      Line(label: "awaited")
      Line(call: FunctionName.waitForInvalidations, if: rules.wait == .queueBeforeSnapshot)
      Line(label: "snapshot")
      Line(
        32, "refresh.snapshot", "mmu_seq = \(seq)", if: rules.snapshot == .beforeLookup, section: true
      ) { $0.local.snapshot = $0.kvm.invalidateSeq }
      Line(
        barrier: "smp_rmb()", orders: "mmu_seq before the lookup", partner: nil, if: rules.snapshot == .beforeLookup)
      Line(
        34, "refresh.lookUp", "new_pfn = \(lookUp); gpc_map()", section: true, choices: .lookUpMayFail,
        marks: [.looksUp, .isAwaited, .pausesAfter], ways: [.done: .next, .failed: "out_error"]
      ) {
        // Without refresh_lock (v5.17) another refresh that found no memslot may have left no address there.
        let uhva = $0.gpc.uhva
        guard $0.choice == 0, !uhva.isError else {
          $0.local.newPFN = .errorFault
          $0.local.snapshot = 0
          return .failed
        }
        $0.local.newPFN = $0.storage.pointee.currentPFN(at: $0.place)
        $0.local.keepsKHVA = keeps && $0.gpc.hasKHVA && $0.local.newPFN == $0.gpc.pfn
        return .done
      }
      Line(label: "wait")
      Line(call: FunctionName.waitForInvalidations, if: rules.wait.isBehindLookup)
      // v5.17 and dwmw2-rwlock test before they take gpc->lock, and not again.
      Line(call: FunctionName.retryCache, if: testsFirst)
      Line(35, "refresh.relock", "write_lock(gpc->lock)", takes: .write)
      Line(
        102, "wait.thrownAway", "if (waited) continue, to the loop top", if: throwsAway, marks: .mayLoop,
        ways: [.retry: "do", .pass: .next]
      ) {
        let hasWaited = $0.local.hasWaited
        $0.local.hasWaited = false
        return hasWaited ? .retry : .pass
      }
      // The range test and the store in one section of both locks.
      Line(103, "accept.dropWrite", "write_unlock(gpc->lock)", drops: .write, if: locksBoth)
      Line(104, "accept.lockInvalidate", "spin_lock(mn_invalidate_lock)", takes: .invalidate, if: locksBoth)
      Line(105, "accept.lockWrite", "write_lock(gpc->lock)", takes: .write, if: locksBoth)
      Line(
        106, "accept.test", "tests count, range", if: locksBoth, ways: [.pending: .next, .clear: "condition"]
      ) { $0.kvm.isPending(at: $0.gpc.uhva) ? .pending : .clear }
      Line(107, "accept.dropWritePending", "write_unlock(gpc->lock)", drops: .write, if: locksBoth)
      Line(
        108, "accept.dropInvalidatePending", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: locksBoth,
        then: "wait")
      Line(
        36, "refresh.setValid", rules.memory == .sequential ? "valid = true" : "valid = true (in the store buffer)",
        if: rules.validity == .trueBeforeTest, section: true
      ) {
        $0.gpc.setValidBeforeTest()
        $0.local.hasBufferedValid = $0.rules.memory != .sequential
      }
      Line(
        barrier: "smp_mb()", orders: "valid = true before the retry test", partner: "smp_mb() before the walk",
        if: rules.walk.barrierBefore && rules.memory == .sequential)
      Line(37, "refresh.barrier", "smp_mb()", if: rules.hasBarrierStep, section: true) {
        $0.local.hasBufferedValid = false
      }
      Line(label: "condition")
      Line(call: FunctionName.retryCache, if: !testsFirst)
      // } while (mmu_notifier_retry_cache());
      Line(
        38, "refresh.accept",
        rules.validity == .falseBeforeLoop ? "valid = true, pfn = new_pfn, khva" : "pfn = new_pfn, khva",
        section: true
      ) {
        let pfn = $0.local.newPFN
        $0.gpc.accept(pfn, $0.rules, keepsKHVA: $0.local.keepsKHVA)
        $0.local.keepsKHVA = false
        $0.local.newPFN = .errorFault
        // Up to v6.8 an activation may have taken the address away meanwhile: then no check says yes.
        if $0.gpc.valid && !$0.gpc.uhva.isError && $0.isStale(pfn) { $0.violations = .stale }
      }
      Line(
        109, "accept.unlockInvalidate", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: locksBoth)
      Line(jump: .return)
      Line(
        110, "accept.unlockInvalidateRetry", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: locksBoth,
        then: "do", marks: .pausesAfter)
      Line(label: "out_error")
      // That leaves the cache as it is, not valid, where the rounds do not touch it.
      Line(
        41, "refresh.lockFailed", "write_lock(gpc->lock)", takes: .write,
        then: rules.testsUnderLock ? "refresh.fail" : "refresh.unlockFailed")
    }
  }
}

extension ProtocolText.Condition {
  /// The wait is forgotten with the question.
  fileprivate static var hasWaited: Self {
    Self("it has waited") {
      let hasWaited = $0.local.hasWaited
      $0.local.hasWaited = false
      return hasWaited
    }
  }
}
