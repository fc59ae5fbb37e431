// `mmu_notifier_retry_cache()`, virt/kvm/pfncache.c, and v5.17's `mmu_notifier_retry_hva()`: one read per line. What
// they decide is decided by `RetryRule.mustRetry`.

import KVMEvents

extension ProtocolText {
  static func retryCache(_ rules: ProtocolRules) -> Function {
    let isSection = rules.retry.inFlight == .sectionOverlap
    let isPending = rules.retry.inFlight == .pending
    let locksPending = rules.retry.inFlight == .pendingUnderLock
    // What else is held is dropped first.
    let again: Target =
      !rules.testsUnderLock ? "round" : rules.acceptsUnderInvalidateLock ? "accept.unlockInvalidateRetry" : "do"
    let held: StepTraits.Marks = rules.acceptsUnderInvalidateLock ? .holdsLock : []
    return Function(FunctionName.retryCache, isBare: true) {
      // v5.17: under mmu_lock, which an invalidation takes only if it overlaps a memslot.
      Line(64, "retry.lockMMU", "read_lock(mmu_lock)", takes: .mmu, if: isSection)
      Line(
        65, "retry.section", "mmu_notifier_count, range?", if: isSection, others: .any, marks: [.mayLoop, .holdsLock],
        ways: [.retry: "retry.unlockMMURetry", .pass: .next]
      ) { $0.decide(RetryObservation(pendingCoversUHVA: $0.isBetweenSections())) }
      Line(
        66, "retry.sectionSeq", "mmu_invalidate_seq != mmu_seq?", if: isSection, marks: .holdsLock,
        ways: [.retry: .next, .pass: "retry.unlockMMUAccept"]
      ) { $0.decide(RetryObservation(seqMoved: $0.hasSeqMoved)) }
      Line(
        67, "retry.unlockMMURetry", "read_unlock(mmu_lock)", drops: .mmu, if: isSection, then: "snapshot",
        marks: .pausesAfter
      ) {
        $0.local.snapshot = 0
        $0.local.newPFN = .errorFault
      }
      Line(68, "retry.unlockMMUAccept", "read_unlock(mmu_lock)", drops: .mmu, if: isSection)

      Line(
        59, "retry.flag", "tests needs_invalidation", if: rules.retry.readsFlag && !isSection,
        marks: held, ways: [.retry: again, .pass: .next]
      ) { $0.decide(RetryObservation(needsInvalidation: $0.gpc.needsInvalidation)) }
      // The count is the whole test in flight,
      Line(
        60, "retry.count", "reads mn_active_invalidate_count", if: rules.retry.inFlight == .count,
        marks: held.union(.mayLoop),
        ways: [.retry: again, .pass: .next]
      ) { $0.decide(RetryObservation(invalidationsActive: $0.kvm.activeInvalidations != 0)) }
      // or the first of three fields: one that is not 0 leads to the range and decides nothing.
      Line(
        60, "retry.count", "reads mn_active_invalidate_count", if: isPending,
        marks: held.union(.mayLoop),
        ways: [.pending: .next, .pass: "seq"]
      ) { $0.kvm.activeInvalidations != 0 ? .pending : .pass }
      Line(
        61, "retry.rangeStart", "reads mmu_gpc_invalidate_range_start", if: isPending,
        ways: [.pending: .next, .clear: "seq"]
      ) { $0.kvm.rangeStart.rawValue <= $0.gpc.uhva.rawValue ? .pending : .clear }
      Line(
        62, "retry.rangeEnd", "reads mmu_gpc_invalidate_range_end", if: isPending, marks: held,
        ways: [.retry: again, .pass: .next]
      ) { $0.decide(RetryObservation(pendingCoversUHVA: $0.gpc.uhva.rawValue < $0.kvm.rangeEnd.rawValue)) }
      // The whole test in one section.
      Line(111, "retry.lockInvalidate", "spin_lock(mn_invalidate_lock)", takes: .invalidate, if: locksPending)
      Line(
        112, "retry.pending", "tests count, range", if: locksPending, marks: [.mayLoop, .holdsLock],
        ways: [.retry: "retry.unlockInvalidateRetry", .pass: .next]
      ) { $0.decide(RetryObservation(pendingCoversUHVA: $0.kvm.isPending(at: $0.gpc.uhva))) }
      Line(
        113, "retry.unlockInvalidate", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: locksPending,
        then: "seq")
      Line(
        114, "retry.unlockInvalidateRetry", "spin_unlock(mn_invalidate_lock)", drops: .invalidate, if: locksPending,
        then: "do", marks: .pausesAfter)
      Line(label: "seq")
      Line(
        barrier: "smp_rmb()", orders: "the count before the seq: the old count or the new seq is seen",
        partner: "smp_wmb() of kvm_mmu_notifier_invalidate_range_end()",
        if: rules.retry.readsBoth)
      Line(
        63, "retry.seq", "\(rules.seq.field) != mmu_seq?", if: rules.retry.readsSeq && !isSection, marks: held,
        ways: [.retry: again, .pass: .next]
      ) { $0.decide(RetryObservation(seqMoved: $0.hasSeqMoved)) }
      Line(local: "return false") { $0.local.snapshot = 0 }
    }
  }
}

extension Step {
  fileprivate func decide(_ observation: RetryObservation) -> StepBranch {
    engine.rules.retry.mustRetry(observation) ? .retry : .pass
  }

  fileprivate var hasSeqMoved: Bool { kvm.invalidateSeq != local.snapshot }

  /// v5.17's `mmu_notifier_count`: an invalidation that overlaps the uhva, and a memslot, is between its `mmu_lock`
  /// sections.
  fileprivate func isBetweenSections() -> Bool {
    for other in 0..<taskCount where engine.traits(storage.pointee[task: other].step).has(.isBetweenSections) {
      let chosen = storage.pointee.chosenRange(other, programs)
      if chosen.hitsMemslot && chosen.range.contains(gpc.uhva) { return true }
    }
    return false
  }
}
