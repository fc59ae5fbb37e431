// The walk of the caches on `gpc_list`.

import KVMEvents

extension ProtocolEngine {
  func takeWalk<S: ProtocolStorage>(_ step: WalkStep, _ task: Int, _ choice: Int, _ state: inout S) -> StepOutcome {
    state[task: task].isInWindow = false
    let cache = Int(state[task: task].walked)
    switch step {
    case .lockList:
      state.kvm.listLock.acquire(task)
      if rules.mutations.contains(.walkBeforeCountUp) { state[task: task].range = UInt8(choice) }
      walkOn(from: 0, task, &state)
    case .readValidBare:
      let valid = readValidBare(cache, isDrained: choice == 0, &state)
      return branch(valid, to: .readUHVABare, task, &state)
    case .readUHVABare:
      let hit = rangeOf(task, state).contains(state[cache: cache].fields.uhva)
      return branch(hit, to: .lockWrite, task, &state)
    case .lockRead:
      state[cache: cache].lock.acquireRead(task)
      state[task: task].step = .walk(.test)
    case .test:
      let hit = state[cache: cache].fields.isHit(by: walkedRange(task, state), rules.walk)
      let afterHit = rules.mutations.contains(.walkUpgradesLock) ? WalkStep.lockWrite : .dropRead
      state[task: task].step = .walk(hit ? afterHit : .unlockRead)
      return StepOutcome(hit ? .hit : .miss)
    case .dropRead:
      state[cache: cache].lock.releaseRead(task)
      state[task: task].step = .walk(.lockWrite)
    case .unlockRead:
      state[cache: cache].lock.releaseRead(task)
      walkOn(from: cache + 1, task, &state)
    case .lockWrite:
      state[cache: cache].lock.acquireWrite(task)
      state[task: task].step = .walk(.clear)
    case .clear:
      let hit = state[cache: cache].fields.walk(walkedRange(task, state), rules.walk)
      state[task: task].step = .walk(.unlockWrite)
      return StepOutcome(hit ? .hit : .miss)
    case .unlockWrite:
      state[cache: cache].lock.writer.release(task)
      walkOn(
        from: rules.mutations.contains(.walkStopsAtFirstHit) ? state.cacheCount(programs) : cache + 1, task, &state)
    case .unlockList:
      state.kvm.listLock.release(task)
      afterWalk(task, &state)
    }
    return StepOutcome()
  }

  /// A bare read of `valid`. While a store to it waits in the buffer of another CPU, the read may come before or after that drains: two choices.
  private func readValidBare<S: ProtocolStorage>(_ cache: Int, isDrained: Bool, _ state: inout S) -> Bool {
    guard let writer = bufferedWriter(of: cache, state) else { return state[cache: cache].fields.valid }
    guard isDrained else { return false }
    state[task: writer].hasBufferedValid = false
    return state[cache: cache].fields.valid
  }

  /// The task in whose store buffer `valid = true` of this cache stands.
  func bufferedWriter<S: ProtocolStorage>(of cache: Int, _ state: borrowing S) -> Int? {
    for task in 0..<state.taskCount(programs) where state[task: task].hasBufferedValid {
      if operation(task, state).cache == cache { return task }
    }
    return nil
  }

  private func walkedRange<S: ProtocolStorage>(_ task: Int, _ state: borrowing S) -> HVARange {
    let range = rangeOf(task, state)
    guard rules.mutations.contains(.walkMissesFirstByte) else { return range }
    return HVARange(start: UHVA(rawValue: range.start.rawValue + 1), end: range.end)
  }

  private func branch<S: ProtocolStorage>(_ hit: Bool, to next: WalkStep, _ task: Int, _ state: inout S) -> StepOutcome
  {
    if hit {
      state[task: task].step = .walk(next)
    } else {
      walkOn(from: Int(state[task: task].walked) + 1, task, &state)
    }
    return StepOutcome(hit ? .hit : .miss)
  }

  /// To the next cache on the list, or to the end of the walk.
  private func walkOn<S: ProtocolStorage>(from first: Int, _ task: Int, _ state: inout S) {
    let cacheCount = state.cacheCount(programs)
    var cache = first
    while cache < cacheCount && !state[cache: cache].isListed { cache += 1 }
    guard cache < cacheCount else {
      state[task: task].step = .walk(.unlockList)
      return
    }
    state[task: task].walked = S.Width.Count(cache)
    state[task: task].step =
      switch rules.walk.locking {
      case .write: .walk(.lockWrite)
      case .readThenWrite: .walk(.lockRead)
      case .bareThenWrite: .walk(.readValidBare)
      }
  }
}
