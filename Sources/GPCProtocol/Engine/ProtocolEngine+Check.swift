// `kvm_gpc_check()` and the use of `khva` behind it, and the invariants that a yes must meet.

import KVMEvents

extension ProtocolEngine {
  func takeCheck<S: ProtocolStorage>(_ step: CheckStep, _ task: Int, _ state: inout S) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRead:
      state[cache: cache].lock.acquireRead(task)
      state[task: task].step = .check(.test)
    case .test:
      let fields = state[cache: cache].fields
      let yes = fields.check(len: 1, generationIsFresh: true).isYes && (!rules.usersTestKHVA || fields.hasKHVA)
      state[task: task].step = .check(yes ? .unlockYes : .unlockNo)
      return StepOutcome(yes ? .yes : .no, yes ? judgeUse(fields, state) : .none)
    case .unlockYes:
      state[cache: cache].lock.releaseRead(task)
      finishOperation(task, &state)
    case .unlockNo:
      state[cache: cache].lock.releaseRead(task)
      switch operation(task, state).kind {
      case .use: state[task: task].step = firstRefreshStep
      case .check: finishOperation(task, &state)
      case .invalidate, .refresh, .deactivate, .activate: fatalError("task \(task) checks outside a check")
      }
    }
    return StepOutcome()
  }

  /// A check has said yes: may `khva` be dereferenced now?
  private func judgeUse<S: ProtocolStorage>(_ cache: GfnToPfnCache, _ state: borrowing S) -> Violations {
    var violations: Violations = state.isStale(cache.pfn, at: cache.uhva) ? .stale : .none
    for task in 0..<state.taskCount(programs) where state[task: task].isInWindow {
      if rangeOf(task, state).contains(cache.uhva) { violations.insert(.contract) }
    }
    return violations
  }

  /// The invalidations that a use of `task`'s cache would breach: between their hooks, and over its uhva. One bit each.
  package func breachedByUse(_ task: Int, _ state: borrowing ProtocolState) -> UInt8 {
    let uhva = state.caches[operation(task, state).cache].fields.uhva
    var breached: UInt8 = 0
    for other in 0..<taskCount where state.tasks[other].isInWindow {
      if rangeOf(other, state).contains(uhva) { breached |= 1 << UInt8(other) }
    }
    return breached
  }
}
