// The walk of the caches on `gpc_list`.

import KVMEvents

extension ProtocolEngine {
  func takeWalk(_ step: WalkStep, _ task: Int, _ choice: Int, _ state: inout ProtocolState) -> StepOutcome {
    state.tasks[task].isInWindow = false
    let cache = Int(state.tasks[task].walked)
    switch step {
    case .lockList:
      state.kvm.listLock.acquire(task)
      if rules.mutations.contains(.walkBeforeCountUp) { state.tasks[task].range = UInt8(choice) }
      walkOn(from: 0, task, &state)
    case .readValidBare:
      let valid = readValidBare(cache, isDrained: choice == 0, &state)
      return branch(valid, to: .readUHVABare, task, &state)
    case .readUHVABare:
      let hit = invalidatedRange(task, state).contains(state.caches[cache].fields.uhva)
      return branch(hit, to: .lockWrite, task, &state)
    case .lockRead:
      state.caches[cache].lock.acquireRead(task)
      state.tasks[task].step = .walk(.test)
    case .test:
      let hit = state.caches[cache].fields.isHit(by: walkedRange(task, state), rules.walk)
      let afterHit = rules.mutations.contains(.walkUpgradesLock) ? WalkStep.lockWrite : .dropRead
      state.tasks[task].step = .walk(hit ? afterHit : .unlockRead)
      return StepOutcome(hit ? .hit : .miss)
    case .dropRead:
      state.caches[cache].lock.releaseRead(task)
      state.tasks[task].step = .walk(.lockWrite)
    case .unlockRead:
      state.caches[cache].lock.releaseRead(task)
      walkOn(from: cache + 1, task, &state)
    case .lockWrite:
      state.caches[cache].lock.acquireWrite(task)
      state.tasks[task].step = .walk(.clear)
    case .clear:
      let hit = state.caches[cache].fields.walk(walkedRange(task, state), rules.walk)
      state.tasks[task].step = .walk(.unlockWrite)
      return StepOutcome(hit ? .hit : .miss)
    case .unlockWrite:
      state.caches[cache].lock.writer.release(task)
      walkOn(from: rules.mutations.contains(.walkStopsAtFirstHit) ? cacheCount : cache + 1, task, &state)
    case .unlockList:
      state.kvm.listLock.release(task)
      afterWalk(task, &state)
    }
    return StepOutcome()
  }

  /// A bare read of `valid`. While a store to it waits in the buffer of another CPU, the read may come before or after that drains: two choices.
  private func readValidBare(_ cache: Int, isDrained: Bool, _ state: inout ProtocolState) -> Bool {
    guard let writer = bufferedWriter(of: cache, state) else { return state.caches[cache].fields.valid }
    guard isDrained else { return false }
    state.tasks[writer].hasBufferedValid = false
    return state.caches[cache].fields.valid
  }

  /// The task in whose store buffer `valid = true` of this cache stands.
  func bufferedWriter(of cache: Int, _ state: borrowing ProtocolState) -> Int? {
    for task in 0..<taskCount where state.tasks[task].hasBufferedValid {
      if operation(task, state).cache == cache { return task }
    }
    return nil
  }

  private func walkedRange(_ task: Int, _ state: borrowing ProtocolState) -> HVARange {
    let range = invalidatedRange(task, state)
    guard rules.mutations.contains(.walkMissesFirstByte) else { return range }
    return HVARange(start: UHVA(rawValue: range.start.rawValue + 1), end: range.end)
  }

  private func branch(_ hit: Bool, to next: WalkStep, _ task: Int, _ state: inout ProtocolState) -> StepOutcome {
    if hit {
      state.tasks[task].step = .walk(next)
    } else {
      walkOn(from: Int(state.tasks[task].walked) + 1, task, &state)
    }
    return StepOutcome(hit ? .hit : .miss)
  }

  /// To the next cache on the list, or to the end of the walk.
  private func walkOn(from first: Int, _ task: Int, _ state: inout ProtocolState) {
    var cache = first
    while cache < cacheCount && !state.caches[cache].isListed { cache += 1 }
    guard cache < cacheCount else {
      state.tasks[task].step = .walk(.unlockList)
      return
    }
    state.tasks[task].walked = UInt8(cache)
    state.tasks[task].step =
      switch rules.walk.locking {
      case .write: .walk(.lockWrite)
      case .readThenWrite: .walk(.lockRead)
      case .bareThenWrite: .walk(.readValidBare)
      }
  }
}
