// The start hook, the mm's own work between the hooks, and the end hook.

import KVMEvents

extension ProtocolEngine {
  /// The range that the invalidation of `task` chose.
  func rangeOf<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> HVARange {
    state.chosenRange(task, programs).range
  }

  func hitsMemslot<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Bool {
    state.chosenRange(task, programs).hitsMemslot
  }

  func takeHook<S: ProtocolStorage>(_ step: HookStep, _ task: Int, _ choice: Int, _ state: inout S) -> StepOutcome {
    switch step {
    case .lockCount:
      state.kvm.invalidateLock.acquire(task)
      if !rules.mutations.contains(.walkBeforeCountUp) { state[task: task].range = UInt8(choice) }
      state[task: task].step = .hook(.raiseCount)
    case .raiseCount: raiseCount(task, &state)
    case .storeRangeStart:
      state.kvm.rangeStart = state.kvm.covering(rangeOf(task, state)).start
      state[task: task].step = .hook(.storeRangeEnd)
    case .storeRangeEnd:
      state.kvm.rangeEnd = state.kvm.covering(rangeOf(task, state)).end
      state[task: task].step = .walk(.lockList)
    case .unlockCount:
      state.kvm.invalidateLock.release(task)
      let walks = rules.walk.place == .startHook && !rules.walk.insideInvalidateLock && !skipsStartWalk
      if walks { state[task: task].step = .walk(.lockList) } else { afterStartWalk(task, &state) }
    case .lockMMU:
      state.kvm.mmuLock.acquire(task)
      state[task: task].step = .hook(.unmapGuest)
    case .unmapGuest: state[task: task].step = .hook(.unlockMMU)
    case .unlockMMU:
      state.kvm.mmuLock.release(task)
      returnFromStart(task, &state)
    case .freePages:
      let chosen = state.chosenRange(task, programs)
      if chosen.freesPages { state.freePages(in: chosen.range) }
      state[task: task].step = firstEndStep(task, state)
    case .endLockMMU, .raiseSeq, .endUnlockMMU, .endLockCount, .lowerCount, .endUnlockCount, .endUnlockCountAndWake,
      .wake:
      takeEndHook(step, task, &state)
    }
    return StepOutcome()
  }

  private var skipsStartWalk: Bool {
    rules.mutations.contains(.noWalk) || rules.mutations.contains(.walkBeforeCountUp)
  }

  /// Count and, where only `mn_invalidate_lock` guards it, the range: one step, for nobody reads them apart.
  private func raiseCount<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state.kvm.activeInvalidations += 1
    switch rules.range {
    case .none: state[task: task].step = .hook(.unlockCount)
    case .resetAtZero, .kept:
      let covering = state.kvm.covering(rangeOf(task, state))
      state.kvm.rangeStart = covering.start
      state.kvm.rangeEnd = covering.end
      state[task: task].step = .hook(.unlockCount)
    case .keptAtWalk: state[task: task].step = .hook(.storeRangeStart)
    }
  }

  /// The rest of the start hook. `mmu_lock` is taken only if the range overlaps a memslot.
  func afterStartWalk<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    if hitsMemslot(task, state) {
      state[task: task].step = .hook(.lockMMU)
    } else {
      returnFromStart(task, &state)
    }
  }

  private func returnFromStart<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state[task: task].isInWindow = true
    state[task: task].step = .hook(.freePages)
  }

  private func firstEndStep<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> TaskStep {
    if rules.mutations.contains(.countDownBeforeSeqUp) { return .hook(.endLockCount) }
    return hitsMemslot(task, state) ? .hook(.endLockMMU) : afterSeq
  }

  private var afterSeq: TaskStep {
    rules.walk.place == .endHookBeforeCount ? .walk(.lockList) : .hook(.endLockCount)
  }

  private func takeEndHook<S: ProtocolStorage>(_ step: HookStep, _ task: Int, _ state: inout S) {
    state[task: task].isInWindow = false
    switch step {
    case .endLockMMU:
      state.kvm.mmuLock.acquire(task)
      state[task: task].step = .hook(.raiseSeq)
    case .raiseSeq:
      state.kvm.invalidateSeq += 1
      state[task: task].step = .hook(.endUnlockMMU)
    case .endUnlockMMU:
      state.kvm.mmuLock.release(task)
      if rules.mutations.contains(.countDownBeforeSeqUp) {
        finishOperation(task, &state)
      } else {
        state[task: task].step = afterSeq
      }
    case .endLockCount:
      state.kvm.invalidateLock.acquire(task)
      state[task: task].step = .hook(.lowerCount)
    case .lowerCount: lowerCount(task, &state)
    case .endUnlockCount:
      state.kvm.invalidateLock.release(task)
      afterCount(task, &state)
    case .endUnlockCountAndWake:
      state.kvm.invalidateLock.release(task)
      state[task: task].step = .hook(.wake)
    case .wake:
      for other in 0..<state.taskCount(programs)
      where state[task: other].step == .wait(.queueSleep) || state[task: other].step == .wait(.queueDrop) {
        state[task: other].isWoken = true
      }
      afterCount(task, &state)
    case .lockCount, .raiseCount, .storeRangeStart, .storeRangeEnd, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU,
      .freePages:
      fatalError("end hook of task \(task) at \(step)")
    }
  }

  private func lowerCount<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state.kvm.activeInvalidations -= 1
    let isLast = state.kvm.activeInvalidations == 0
    switch rules.range {
    case .resetAtZero:
      if isLast {
        state.kvm.rangeStart = GfnToPfnCache.errorUHVA
        state.kvm.rangeEnd = GfnToPfnCache.errorUHVA
      }
    case .none, .kept, .keptAtWalk: break
    }
    state[task: task].step = .hook(rules.hasQueue && isLast ? .endUnlockCountAndWake : .endUnlockCount)
  }

  private func afterCount<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    if rules.mutations.contains(.countDownBeforeSeqUp) && hitsMemslot(task, state) {
      state[task: task].step = .hook(.endLockMMU)
    } else if rules.walk.place == .endHookAfterCount {
      state[task: task].step = .walk(.lockList)
    } else {
      finishOperation(task, &state)
    }
  }

  /// Where a walk goes when it is over.
  func afterWalk<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state[task: task].walked = 0
    switch rules.walk.place {
    case .startHook:
      if rules.mutations.contains(.walkBeforeCountUp) {
        state[task: task].step = .hook(.lockCount)
      } else if rules.walk.insideInvalidateLock {
        state[task: task].step = .hook(.unlockCount)
      } else {
        afterStartWalk(task, &state)
      }
    case .endHookBeforeCount: state[task: task].step = .hook(.endLockCount)
    case .endHookAfterCount: finishOperation(task, &state)
    }
  }
}
