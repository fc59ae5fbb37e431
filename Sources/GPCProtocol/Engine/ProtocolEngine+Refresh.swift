// `__kvm_gpc_refresh()` and the retry loop, `hva_to_pfn_retry()`.

import KVMEvents

extension ProtocolEngine {
  var firstRefreshStep: TaskStep { rules.hasRefreshLock ? .refresh(.lockRefresh) : .refresh(.lockWrite) }

  func takeRefresh(_ step: RefreshStep, _ task: Int, _ choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state.caches[cache].refreshLock.acquire(task)
      state.tasks[task].step = .refresh(.lockWrite)
    case .lockWrite:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = .refresh(.begin)
    case .begin: return beginRefresh(task, cache, &state)
    case .loopTop:
      state.caches[cache].fields.retryLoopTop(rules)
      state.tasks[task].hasBufferedValid = false
      state.tasks[task].step = .refresh(rules.snapshot == .loopTop ? .snapshot : .unlock)
    case .snapshot:
      state.tasks[task].snapshot = state.kvm.invalidateSeq
      state.tasks[task].step = afterSnapshot
    case .unlock:
      state.caches[cache].lock.writer.release(task)
      afterUnlock(task, &state)
    case .lookUp: return lookUp(task, cache, choice, &state)
    case .relock:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = afterRelock
    case .setValid:
      state.caches[cache].fields.setValidBeforeTest()
      state.tasks[task].hasBufferedValid = rules.memory != .sequential
      state.tasks[task].step = rules.hasBarrierStep ? .refresh(.barrier) : firstRetryStep
    case .barrier:
      // Partner: the barrier before the walk of gfn_to_pfn_cache_invalidate_start().
      state.tasks[task].hasBufferedValid = false
      state.tasks[task].step = firstRetryStep
    case .accept: return accept(task, cache, &state)
    case .unlockWrite:
      // The unlock is a store behind valid's: who sees it sees valid.
      state.tasks[task].hasBufferedValid = false
      state.caches[cache].lock.writer.release(task)
      if rules.mutations.contains(.storeOutsideLock) && !state.tasks[task].newPFN.isError {
        state.tasks[task].step = .refresh(.accept)
      } else {
        afterUnlockWrite(task, &state)
      }
    case .unlockRefresh:
      state.caches[cache].refreshLock.release(task)
      succeed(task, &state)
    case .lockFailed:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = .refresh(.fail)
    case .fail:
      state.caches[cache].fields.fail()
      state.tasks[task].step = .refresh(.unlockFailed)
    case .unlockFailed:
      state.caches[cache].lock.writer.release(task)
      if rules.hasRefreshLock {
        state.tasks[task].step = .refresh(.unlockRefreshFailed)
      } else {
        finishOperation(task, &state)
      }
    case .unlockRefreshFailed:
      state.caches[cache].refreshLock.release(task)
      finishOperation(task, &state)
    }
    return StepOutcome()
  }

  private func beginRefresh(_ task: Int, _ cache: Int, _ state: inout ProtocolState) -> StepOutcome {
    guard let request = requests[firstOperation[task] + Int(state.tasks[task].operation)] else {
      fatalError("task \(task) refreshes in an operation that does not")
    }
    var entry = state.caches[cache].fields.beginRefresh(request)
    if rules.mutations.contains(.ignoresMovedUHVA) && state.caches[cache].fields.valid { entry = .kept }
    switch entry {
    case .inactive:
      state.tasks[task].step = .refresh(.unlockFailed)
      return StepOutcome(.inactive)
    case .noMemslot:
      state.tasks[task].step = .refresh(.unlockFailed)
      return StepOutcome(.noMemslot)
    case .kept:
      if rules.mutations.contains(.keptLeavesLock) {
        afterUnlockWrite(task, &state)
      } else {
        state.tasks[task].step = .refresh(.unlockWrite)
      }
      return StepOutcome(.kept)
    case .lookUp:
      state.caches[cache].fields.enterRetryLoop(rules)
      state.tasks[task].step = firstLoopStep
      return StepOutcome(.lookUp)
    }
  }

  /// The loop top, `gpc->lock` held. It is a step of its own only where it writes to the cache.
  var firstLoopStep: TaskStep {
    if rules.hasNeedsInvalidation || rules.validity == .trueBeforeTest { return .refresh(.loopTop) }
    return .refresh(rules.snapshot == .loopTop && !rules.mutations.contains(.snapshotAfterLookup) ? .snapshot : .unlock)
  }

  private var afterSnapshot: TaskStep {
    if rules.mutations.contains(.snapshotAfterLookup) { return relockOrTest }
    switch rules.snapshot {
    case .none, .loopTop: return .refresh(.unlock)
    case .beforeLookup: return .refresh(.lookUp)
    }
  }

  private var snapshotOrLookUp: TaskStep { .refresh(rules.snapshot == .beforeLookup ? .snapshot : .lookUp) }

  /// What a former round mapped is released with the unlock (a step without a shared access), unless the wait stands in between.
  private func afterUnlock(_ task: Int, _ state: inout ProtocolState) {
    let waitsFirst =
      rules.wait == .queue(.afterUnlock, .continuesToCondition) || rules.wait == .queue(.afterUnlock, .goesOn)
    if !waitsFirst { state.tasks[task].newPFN = .errorFault }
    state.tasks[task].hasWaited = false
    state.tasks[task].step =
      switch rules.wait {
      case .none, .queue(.beforeRelock, _): snapshotOrLookUp
      case .spinOnCount, .spinOnPending: .wait(.spinCount)
      case .relockLoop: .wait(.loopLock)
      case .queue(.afterUnlock, _), .queue(.beforeSnapshot, _): .wait(.queueLock)
      }
  }

  /// `hva_to_pfn()` and the mapping of what it found. The second choice is a lookup that fails.
  private func lookUp(_ task: Int, _ cache: Int, _ choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    guard choice == 0 else {
      state.tasks[task].newPFN = .errorFault
      state.tasks[task].snapshot = 0
      state.tasks[task].step = .refresh(.lockFailed)
      return StepOutcome(.failed)
    }
    state.tasks[task].newPFN = state.currentPFN(at: state.caches[cache].fields.uhva)
    state.tasks[task].step = afterLookUp
    return StepOutcome()
  }

  private var afterLookUp: TaskStep {
    if rules.mutations.contains(.snapshotAfterLookup) { return .refresh(.snapshot) }
    if rules.wait == .queue(.beforeRelock, .goesOn) || rules.wait == .queue(.beforeRelock, .continuesToCondition) {
      return .wait(.queueLock)
    }
    return relockOrTest
  }

  /// v5.17 tests under `mmu_lock` and takes `gpc->lock` only to store.
  private var relockOrTest: TaskStep {
    if rules.retry.inFlight == .sectionOverlap { return .retry(.lockMMU) }
    return rules.mutations.contains(.testBeforeRelock) ? firstRetryStep : .refresh(.relock)
  }

  private var afterRelock: TaskStep {
    if rules.retry.inFlight == .sectionOverlap || rules.mutations.contains(.testBeforeRelock) {
      return .refresh(.accept)
    }
    return rules.validity == .trueBeforeTest ? .refresh(.setValid) : firstRetryStep
  }

  /// The round has passed its test.
  var afterPass: TaskStep {
    if rules.mutations.contains(.testBeforeRelock) { return .refresh(.relock) }
    return .refresh(rules.mutations.contains(.storeOutsideLock) ? .unlockWrite : .accept)
  }

  private func accept(_ task: Int, _ cache: Int, _ state: inout ProtocolState) -> StepOutcome {
    let pfn = state.tasks[task].newPFN
    state.caches[cache].fields.accept(pfn, rules)
    state.tasks[task].newPFN = .errorFault
    let isStale = state.caches[cache].fields.valid && state.isStale(pfn, at: state.caches[cache].fields.uhva)
    if rules.mutations.contains(.storeOutsideLock) {
      afterUnlockWrite(task, &state)
    } else {
      state.tasks[task].step = .refresh(.unlockWrite)
    }
    return StepOutcome(.done, isStale ? .stale : .none)
  }

  private func afterUnlockWrite(_ task: Int, _ state: inout ProtocolState) {
    if rules.hasRefreshLock { state.tasks[task].step = .refresh(.unlockRefresh) } else { succeed(task, &state) }
  }

  /// The refresh returns 0. The idiom of `use` checks again.
  private func succeed(_ task: Int, _ state: inout ProtocolState) {
    switch operation(task, state).kind {
    case .use:
      let index = state.tasks[task].operation
      state.tasks[task] = TaskState()
      state.tasks[task].operation = index
      state.tasks[task].step = .check(.lockRead)
    case .refresh, .activate: finishOperation(task, &state)
    case .invalidate, .check, .deactivate:
      fatalError("task \(task) returns from a refresh that its operation does not have")
    }
  }
}
