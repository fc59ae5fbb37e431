// The start hook, the mm's own work between the hooks, and the end hook.

import KVMEvents

extension ProtocolEngine {
  /// The range that the invalidation of `task` chose.
  package func invalidatedRange(_ task: Int, _ state: borrowing ProtocolState) -> HVARange {
    chosenRange(task, state).range
  }

  func chosenHitsMemslot(_ task: Int, _ state: borrowing ProtocolState) -> Bool { chosenRange(task, state).hitsMemslot }

  private func chosenRange(_ task: Int, _ state: borrowing ProtocolState) -> CompiledOperation.Range {
    ranges[Int(operation(task, state).firstRange) + Int(state.tasks[task].range)]
  }

  func takeHook(_ step: HookStep, _ task: Int, _ choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    switch step {
    case .lockCount:
      state.kvm.invalidateLock.acquire(task)
      if !rules.mutations.contains(.walkBeforeCountUp) { state.tasks[task].range = UInt8(choice) }
      state.tasks[task].step = .hook(.raiseCount)
    case .raiseCount: raiseCount(task, &state)
    case .storeRangeStart:
      state.kvm.rangeStart = state.kvm.covering(invalidatedRange(task, state)).start
      state.tasks[task].step = .hook(.storeRangeEnd)
    case .storeRangeEnd:
      state.kvm.rangeEnd = state.kvm.covering(invalidatedRange(task, state)).end
      state.tasks[task].step = .walk(.lockList)
    case .unlockCount:
      state.kvm.invalidateLock.release(task)
      let walks = rules.walk.place == .startHook && !rules.walk.insideInvalidateLock && !skipsStartWalk
      if walks { state.tasks[task].step = .walk(.lockList) } else { afterStartWalk(task, &state) }
    case .lockMMU:
      state.kvm.mmuLock.acquire(task)
      state.tasks[task].step = .hook(.unmapGuest)
    case .unmapGuest: state.tasks[task].step = .hook(.unlockMMU)
    case .unlockMMU:
      state.kvm.mmuLock.release(task)
      returnFromStart(task, &state)
    case .freePages:
      if chosenRange(task, state).freesPages { state.freePages(in: invalidatedRange(task, state)) }
      state.tasks[task].step = firstEndStep(task, state)
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
  private func raiseCount(_ task: Int, _ state: inout ProtocolState) {
    state.kvm.activeInvalidations += 1
    switch rules.range {
    case .none: state.tasks[task].step = .hook(.unlockCount)
    case .resetAtZero, .kept:
      let covering = state.kvm.covering(invalidatedRange(task, state))
      state.kvm.rangeStart = covering.start
      state.kvm.rangeEnd = covering.end
      state.tasks[task].step = .hook(.unlockCount)
    case .keptAtWalk: state.tasks[task].step = .hook(.storeRangeStart)
    }
  }

  /// The rest of the start hook. `mmu_lock` is taken only if the range overlaps a memslot.
  func afterStartWalk(_ task: Int, _ state: inout ProtocolState) {
    if chosenRange(task, state).hitsMemslot {
      state.tasks[task].step = .hook(.lockMMU)
    } else {
      returnFromStart(task, &state)
    }
  }

  private func returnFromStart(_ task: Int, _ state: inout ProtocolState) {
    state.tasks[task].isInWindow = true
    state.tasks[task].step = .hook(.freePages)
  }

  private func firstEndStep(_ task: Int, _ state: borrowing ProtocolState) -> TaskStep {
    if rules.mutations.contains(.countDownBeforeSeqUp) { return .hook(.endLockCount) }
    return chosenRange(task, state).hitsMemslot ? .hook(.endLockMMU) : afterSeq
  }

  private var afterSeq: TaskStep {
    rules.walk.place == .endHookBeforeCount ? .walk(.lockList) : .hook(.endLockCount)
  }

  private func takeEndHook(_ step: HookStep, _ task: Int, _ state: inout ProtocolState) {
    state.tasks[task].isInWindow = false
    switch step {
    case .endLockMMU:
      state.kvm.mmuLock.acquire(task)
      state.tasks[task].step = .hook(.raiseSeq)
    case .raiseSeq:
      state.kvm.invalidateSeq += 1
      state.tasks[task].step = .hook(.endUnlockMMU)
    case .endUnlockMMU:
      state.kvm.mmuLock.release(task)
      if rules.mutations.contains(.countDownBeforeSeqUp) {
        finishOperation(task, &state)
      } else {
        state.tasks[task].step = afterSeq
      }
    case .endLockCount:
      state.kvm.invalidateLock.acquire(task)
      state.tasks[task].step = .hook(.lowerCount)
    case .lowerCount: lowerCount(task, &state)
    case .endUnlockCount:
      state.kvm.invalidateLock.release(task)
      afterCount(task, &state)
    case .endUnlockCountAndWake:
      state.kvm.invalidateLock.release(task)
      state.tasks[task].step = .hook(.wake)
    case .wake:
      for other in 0..<taskCount
      where state.tasks[other].step == .wait(.queueSleep) || state.tasks[other].step == .wait(.queueDrop) {
        state.tasks[other].isWoken = true
      }
      afterCount(task, &state)
    case .lockCount, .raiseCount, .storeRangeStart, .storeRangeEnd, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU,
      .freePages:
      fatalError("end hook of task \(task) at \(step)")
    }
  }

  private func lowerCount(_ task: Int, _ state: inout ProtocolState) {
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
    state.tasks[task].step = .hook(rules.hasQueue && isLast ? .endUnlockCountAndWake : .endUnlockCount)
  }

  private func afterCount(_ task: Int, _ state: inout ProtocolState) {
    if rules.mutations.contains(.countDownBeforeSeqUp) && chosenRange(task, state).hitsMemslot {
      state.tasks[task].step = .hook(.endLockMMU)
    } else if rules.walk.place == .endHookAfterCount {
      state.tasks[task].step = .walk(.lockList)
    } else {
      finishOperation(task, &state)
    }
  }

  /// Where a walk goes when it is over.
  func afterWalk(_ task: Int, _ state: inout ProtocolState) {
    state.tasks[task].walked = 0
    switch rules.walk.place {
    case .startHook:
      if rules.mutations.contains(.walkBeforeCountUp) {
        state.tasks[task].step = .hook(.lockCount)
      } else if rules.walk.insideInvalidateLock {
        state.tasks[task].step = .hook(.unlockCount)
      } else {
        afterStartWalk(task, &state)
      }
    case .endHookBeforeCount: state.tasks[task].step = .hook(.endLockCount)
    case .endHookAfterCount: finishOperation(task, &state)
    }
  }
}
