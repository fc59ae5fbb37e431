// The waits: busy loops, v3.2's inner loop, and the wait queue.

import KVMEvents

extension ProtocolEngine {
  func takeWait<S: ProtocolStorage>(_ step: WaitStep, _ task: Int, _ state: inout S) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .spinCount, .spinRangeStart, .spinRangeEnd: return spin(step, task, cache, &state)
    case .loopLock, .loopTest, .loopUnlockPending, .loopRelock, .loopUnlockClear:
      return relockLoop(step, task, cache, &state)
    case .queueLock, .queueTest, .queueDrop, .queueSleep, .queueUnlock: return queue(step, task, cache, &state)
    case .relockForCondition:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = firstRetryStep
      return StepOutcome()
    }
  }

  /// One bare read each. A field that lets the refresh go on ends the loop; else the next field, or the first again.
  private func spin<S: ProtocolStorage>(_ step: WaitStep, _ task: Int, _ cache: Int, _ state: inout S) -> StepOutcome {
    let uhva = state[cache: cache].fields.uhva
    let blocks: Bool
    let next: WaitStep
    switch step {
    case .spinCount:
      blocks = state.kvm.activeInvalidations != 0
      next = rules.wait == .spinOnCount ? .spinCount : .spinRangeStart
    case .spinRangeStart:
      blocks = state.kvm.rangeStart.rawValue <= uhva.rawValue
      next = .spinRangeEnd
    case .spinRangeEnd:
      blocks = uhva.rawValue < state.kvm.rangeEnd.rawValue
      next = .spinCount
    case .loopLock, .loopTest, .loopUnlockPending, .loopRelock, .loopUnlockClear, .queueLock, .queueTest, .queueDrop,
      .queueSleep, .queueUnlock, .relockForCondition:
      fatalError("busy-wait of task \(task) at \(step)")
    }
    state[task: task].step = blocks ? .wait(next) : afterWaitBeforeLookUp
    return StepOutcome(blocks ? .pending : .clear)
  }

  private var afterWaitBeforeLookUp: TaskStep { .refresh(rules.snapshot == .beforeLookup ? .snapshot : .lookUp) }

  /// `continue` belongs to the inner `while`: it tests again with `gpc->lock` held, and leaves with it held.
  private func relockLoop<S: ProtocolStorage>(_ step: WaitStep, _ task: Int, _ cache: Int, _ state: inout S)
    -> StepOutcome
  {
    switch step {
    case .loopLock:
      state.kvm.invalidateLock.acquire(task)
      state[task: task].step = .wait(.loopTest)
    case .loopTest:
      let pending = state.kvm.isPending(at: state[cache: cache].fields.uhva)
      state[task: task].step = .wait(pending ? .loopUnlockPending : .loopUnlockClear)
      return StepOutcome(pending ? .pending : .clear)
    case .loopUnlockPending:
      state.kvm.invalidateLock.release(task)
      state[task: task].step = .wait(.loopRelock)
    case .loopRelock:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .wait(.loopLock)
    case .loopUnlockClear:
      state.kvm.invalidateLock.release(task)
      state[task: task].step = afterWaitBeforeLookUp
    case .spinCount, .spinRangeStart, .spinRangeEnd, .queueLock, .queueTest, .queueDrop, .queueSleep, .queueUnlock,
      .relockForCondition:
      fatalError("relocking loop of task \(task) at \(step)")
    }
    return StepOutcome()
  }

  /// Lock; while pending {drop, sleep until woken, lock}; drop. Being on the queue begins under the lock, so no wake-up is lost.
  private func queue<S: ProtocolStorage>(_ step: WaitStep, _ task: Int, _ cache: Int, _ state: inout S) -> StepOutcome {
    switch step {
    case .queueLock:
      state.kvm.invalidateLock.acquire(task)
      state[task: task].step = .wait(.queueTest)
    case .queueTest:
      let pending = state.kvm.isPending(at: state[cache: cache].fields.uhva)
      state[task: task].isWoken = false
      state[task: task].step = .wait(pending ? .queueDrop : .queueUnlock)
      return StepOutcome(pending ? .pending : .clear)
    case .queueDrop:
      state.kvm.invalidateLock.release(task)
      state[task: task].hasWaited = true
      state[task: task].step = .wait(.queueSleep)
    case .queueSleep:
      state[task: task].isWoken = false
      state[task: task].step = .wait(.queueLock)
      return StepOutcome(.woken)
    case .queueUnlock:
      state.kvm.invalidateLock.release(task)
      afterQueue(task, &state)
    case .spinCount, .spinRangeStart, .spinRangeEnd, .loopLock, .loopTest, .loopUnlockPending, .loopRelock,
      .loopUnlockClear, .relockForCondition:
      fatalError("wait queue of task \(task) at \(step)")
    }
    return StepOutcome()
  }

  private func afterQueue<S: ProtocolStorage>(_ task: Int, _ state: inout S) {
    let hasWaited = state[task: task].hasWaited
    state[task: task].hasWaited = false
    switch rules.wait {
    case .queue(_, .continuesToCondition) where hasWaited: state[task: task].step = .wait(.relockForCondition)
    case .queue(.beforeRelock, _): state[task: task].step = .refresh(.relock)
    case .queue(.afterUnlock, _), .queue(.beforeSnapshot, _):
      // What a former round left is released only now, behind the wait.
      state[task: task].newPFN = .errorFault
      state[task: task].step = afterWaitBeforeLookUp
    case .none, .spinOnCount, .spinOnPending, .relockLoop:
      fatalError("task \(task) leaves a wait queue that its form does not have")
    }
  }
}
