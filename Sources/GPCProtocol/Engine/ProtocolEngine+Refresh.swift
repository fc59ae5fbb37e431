// `__kvm_gpc_refresh()` and the retry loop, `hva_to_pfn_retry()`.

import KVMEvents

extension ProtocolEngine {
  var firstRefreshStep: TaskStep { rules.hasRefreshLock ? .refresh(.lockRefresh) : .refresh(.lockWrite) }

  func takeRefresh<S: ProtocolStorage>(_ step: RefreshStep, _ task: Int, _ choice: Int, _ state: inout S) -> StepOutcome
  {
    let cache = operation(task, state).cache
    switch step {
    case .lockRefresh:
      state[cache: cache].refreshLock.acquire(task)
      state[task: task].step = .refresh(.lockWrite)
    case .lockWrite:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .refresh(.begin)
    case .begin: return beginRefresh(task, cache, &state)
    case .loopTop:
      state[cache: cache].fields.retryLoopTop(rules)
      state[task: task].hasBufferedValid = false
      state[task: task].step = .refresh(rules.snapshot == .loopTop ? .snapshot : .unlock)
    case .snapshot:
      state[task: task].snapshot = state.kvm.invalidateSeq
      state[task: task].step = afterSnapshot
    case .unlock:
      state[cache: cache].lock.writer.release(task)
      afterUnlock(task, &state)
    case .lookUp: return lookUp(task, cache, choice, &state)
    case .relock:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = afterRelock
    case .setValid:
      state[cache: cache].fields.setValidBeforeTest()
      state[task: task].hasBufferedValid = rules.memory != .sequential
      state[task: task].step = rules.hasBarrierStep ? .refresh(.barrier) : firstRetryStep
    case .barrier:
      // Partner: the barrier before the walk of gfn_to_pfn_cache_invalidate_start().
      state[task: task].hasBufferedValid = false
      state[task: task].step = firstRetryStep
    case .accept: return accept(task, cache, &state)
    case .unlockWrite:
      // The unlock is a store behind valid's: who sees it sees valid.
      state[task: task].hasBufferedValid = false
      state[cache: cache].lock.writer.release(task)
      if rules.mutations.contains(.storeOutsideLock) && !state[task: task].newPFN.isError {
        state[task: task].step = .refresh(.accept)
      } else {
        afterUnlockWrite(task, &state)
      }
    case .unlockRefresh:
      state[cache: cache].refreshLock.release(task)
      succeed(task, &state)
    case .lockFailed:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .refresh(.fail)
    case .fail:
      state[cache: cache].fields.fail()
      state[task: task].step = .refresh(.unlockFailed)
    case .unlockFailed:
      state[cache: cache].lock.writer.release(task)
      if rules.hasRefreshLock {
        state[task: task].step = .refresh(.unlockRefreshFailed)
      } else {
        finishOperation(task, &state)
      }
    case .unlockRefreshFailed:
      state[cache: cache].refreshLock.release(task)
      finishOperation(task, &state)
    }
    return StepOutcome()
  }

  private func beginRefresh<S: ProtocolStorage>(_ task: Int, _ cache: Int, _ state: inout S) -> StepOutcome {
    guard let request = state.request(task, programs) else {
      fatalError("task \(task) refreshes in an operation that does not")
    }
    var entry = state[cache: cache].fields.beginRefresh(request)
    if rules.mutations.contains(.ignoresMovedUHVA) && state[cache: cache].fields.valid { entry = .kept }
    switch entry {
    case .inactive:
      state[task: task].step = .refresh(.unlockFailed)
      return StepOutcome(.inactive)
    case .noMemslot:
      state[task: task].step = .refresh(.unlockFailed)
      return StepOutcome(.noMemslot)
    case .kept:
      if rules.mutations.contains(.keptLeavesLock) {
        afterUnlockWrite(task, &state)
      } else {
        state[task: task].step = .refresh(.unlockWrite)
      }
      return StepOutcome(.kept)
    case .lookUp:
      state[cache: cache].fields.enterRetryLoop(rules)
      state[task: task].step = firstLoopStep
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
  private func afterUnlock<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    let waitsFirst =
      rules.wait == .queue(.afterUnlock, .continuesToCondition) || rules.wait == .queue(.afterUnlock, .goesOn)
    if !waitsFirst { state[task: task].newPFN = .errorFault }
    state[task: task].hasWaited = false
    state[task: task].step =
      switch rules.wait {
      case .none, .queue(.beforeRelock, _): snapshotOrLookUp
      case .spinOnCount, .spinOnPending: .wait(.spinCount)
      case .relockLoop: .wait(.loopLock)
      case .queue(.afterUnlock, _), .queue(.beforeSnapshot, _): .wait(.queueLock)
      }
  }

  /// `hva_to_pfn()` and the mapping of what it found. The second choice is a lookup that fails.
  private func lookUp<S: ProtocolStorage>(_ task: Int, _ cache: Int, _ choice: Int, _ state: inout S) -> StepOutcome {
    // Without refresh_lock (v5.17) another refresh that found no memslot may have left no address there.
    let uhva = state[cache: cache].fields.uhva
    guard choice == 0, !uhva.isError else {
      state[task: task].newPFN = .errorFault
      state[task: task].snapshot = 0
      state[task: task].step = .refresh(.lockFailed)
      return StepOutcome(.failed)
    }
    state[task: task].newPFN = state.currentPFN(at: uhva)
    state[task: task].step = afterLookUp
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

  private func accept<S: ProtocolStorage>(_ task: Int, _ cache: Int, _ state: inout S) -> StepOutcome {
    let pfn = state[task: task].newPFN
    state[cache: cache].fields.accept(pfn, rules)
    state[task: task].newPFN = .errorFault
    let isStale = state[cache: cache].fields.valid && state.isStale(pfn, at: state[cache: cache].fields.uhva)
    if rules.mutations.contains(.storeOutsideLock) {
      afterUnlockWrite(task, &state)
    } else {
      state[task: task].step = .refresh(.unlockWrite)
    }
    return StepOutcome(.done, isStale ? .stale : .none)
  }

  private func afterUnlockWrite<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    if rules.hasRefreshLock { state[task: task].step = .refresh(.unlockRefresh) } else { succeed(task, &state) }
  }

  /// The refresh returns 0. The idiom of `use` checks again.
  private func succeed<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    switch operation(task, state).kind {
    case .use:
      let index = state[task: task].operation
      state[task: task] = TaskState()
      state[task: task].operation = index
      state[task: task].step = .check(.lockRead)
    case .refresh, .activate: finishOperation(task, &state)
    case .invalidate, .check, .deactivate:
      fatalError("task \(task) returns from a refresh that its operation does not have")
    }
  }
}
