// The retry test, one read per step. What it decides is decided by `RetryRule.mustRetry`.

import KVMEvents

extension ProtocolEngine {
  /// The reads of the test in their order; a form without one of them passes it over.
  var firstRetryStep: TaskStep {
    if rules.retry.readsFlag { return .retry(.flag) }
    return rules.mutations.contains(.seqBeforeCount) ? .retry(.seq) : inFlightStep ?? seqStep ?? afterPass
  }

  private var inFlightStep: TaskStep? {
    switch rules.retry.inFlight {
    case .unread: nil
    case .count, .pending: .retry(.count)
    case .sectionOverlap: .retry(.lockMMU)
    }
  }

  private var seqStep: TaskStep? { rules.retry.readsSeq ? .retry(.seq) : nil }

  func takeRetry<S: ProtocolStorage>(_ step: RetryStep, _ task: Int, _ state: inout S) -> StepOutcome {
    let cache = operation(task, state).cache
    let uhva = state[cache: cache].fields.uhva
    switch step {
    case .flag:
      let observation = RetryObservation(needsInvalidation: state[cache: cache].fields.needsInvalidation)
      return decide(observation, orElse: inFlightStep ?? seqStep ?? afterPass, task, &state)
    case .count: return readCount(task, &state)
    case .rangeStart:
      let covers = state.kvm.rangeStart.rawValue <= uhva.rawValue
      state[task: task].step = covers ? .retry(.rangeEnd) : seqStep ?? afterPass
      return StepOutcome(covers ? .pending : .clear)
    case .rangeEnd:
      let covers = uhva.rawValue < state.kvm.rangeEnd.rawValue
      return decide(RetryObservation(pendingCoversUHVA: covers), orElse: seqStep ?? afterPass, task, &state)
    case .seq:
      let observation = RetryObservation(seqMoved: hasSeqMoved(task, state))
      let next = rules.mutations.contains(.seqBeforeCount) ? TaskStep.retry(.count) : afterPass
      return decide(observation, orElse: next, task, &state)
    case .lockMMU, .section, .sectionSeq, .unlockMMURetry, .unlockMMUAccept:
      return takeSection(step, task, uhva, &state)
    }
  }

  private func hasSeqMoved<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> Bool {
    state.kvm.invalidateSeq != state[task: task].snapshot
  }

  /// The count alone decides, or it is the first of the three fields of "pending".
  private func readCount<S: ProtocolStorage>(_ task: Int, _ state: inout S) -> StepOutcome {
    let active = state.kvm.activeInvalidations != 0
    let next = rules.mutations.contains(.seqBeforeCount) ? afterPass : seqStep ?? afterPass
    guard rules.retry.inFlight == .pending && active else {
      return decide(RetryObservation(invalidationsActive: active), orElse: next, task, &state)
    }
    state[task: task].step = .retry(.rangeStart)
    return StepOutcome(.pending)
  }

  private func decide<S: ProtocolStorage>(
    _ observation: RetryObservation, orElse next: TaskStep, _ task: Int, _ state: inout S
  ) -> StepOutcome {
    let retries = rules.retry.mustRetry(observation)
    if retries {
      repeatRound(task, &state)
    } else {
      if next == afterPass { state[task: task].snapshot = 0 }
      state[task: task].step = next
    }
    return StepOutcome(retries ? .retry : .pass)
  }

  private func repeatRound<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    state[task: task].snapshot = 0
    state[task: task].step = rules.mutations.contains(.testBeforeRelock) ? .refresh(.lockWrite) : firstLoopStep
  }

  /// v5.17: under `mmu_lock`. Only an invalidation that overlaps a memslot takes that lock at all.
  private func takeSection<S: ProtocolStorage>(
    _ step: RetryStep, _ task: Int, _ uhva: UHVA, _ state: inout S
  ) -> StepOutcome {
    switch step {
    case .lockMMU:
      state.kvm.mmuLock.acquire(task)
      state[task: task].step = .retry(.section)
    case .section:
      let observation = RetryObservation(pendingCoversUHVA: isBetweenSections(uhva, state))
      let retries = rules.retry.mustRetry(observation)
      state[task: task].step = retries ? .retry(.unlockMMURetry) : .retry(.sectionSeq)
      return StepOutcome(retries ? .retry : .pass)
    case .sectionSeq:
      let retries = rules.retry.mustRetry(RetryObservation(seqMoved: hasSeqMoved(task, state)))
      state[task: task].step = retries ? .retry(.unlockMMURetry) : .retry(.unlockMMUAccept)
      return StepOutcome(retries ? .retry : .pass)
    case .unlockMMURetry:
      state.kvm.mmuLock.release(task)
      state[task: task].snapshot = 0
      state[task: task].newPFN = .errorFault
      state[task: task].step = .refresh(.snapshot)
    case .unlockMMUAccept:
      state.kvm.mmuLock.release(task)
      state[task: task].snapshot = 0
      state[task: task].step = .refresh(.relock)
    case .flag, .count, .rangeStart, .rangeEnd, .seq: fatalError("mmu_lock section of task \(task) at \(step)")
    }
    return StepOutcome()
  }

  /// An invalidation that overlaps `uhva` is past its `mmu_lock` section in the start hook and not yet past the one in the end hook.
  private func isBetweenSections<S: ProtocolStorage>(_ uhva: UHVA, _ state: borrowing S) -> Bool {
    for task in 0..<state.taskCount(programs) where isBetweenSections(state[task: task].step) {
      let hitsMemslot = self.hitsMemslot(task, state)
      let overlaps = rangeOf(task, state).contains(uhva)
      if hitsMemslot && overlaps { return true }
    }
    return false
  }

  private func isBetweenSections(_ step: TaskStep) -> Bool {
    switch step {
    case .hook(let step): step == .unlockMMU || step == .freePages || step == .endLockMMU || step == .raiseSeq
    case .walk, .refresh, .wait, .retry, .check, .deactivate, .activate, .finished: false
    }
  }
}
