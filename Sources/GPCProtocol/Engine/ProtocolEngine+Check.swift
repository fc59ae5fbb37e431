// `kvm_gpc_check()` and the use of `khva` behind it, and the invariants that a yes must meet.

import KVMEvents

extension ProtocolEngine {
  func takeCheck(_ step: CheckStep, _ task: Int, _ state: inout ProtocolState) -> StepOutcome {
    let cache = operation(task, state).cache
    switch step {
    case .lockRead:
      state.caches[cache].lock.acquireRead(task)
      state.tasks[task].step = .check(.test)
    case .test:
      let fields = state.caches[cache].fields
      let yes = fields.check(len: 1, generationIsFresh: true).isYes && (!rules.usersTestKHVA || fields.hasKHVA)
      state.tasks[task].step = .check(yes ? .unlockYes : .unlockNo)
      return StepOutcome(yes ? .yes : .no, yes ? judgeUse(fields, state) : .none)
    case .unlockYes:
      state.caches[cache].lock.releaseRead(task)
      finishOperation(task, &state)
    case .unlockNo:
      state.caches[cache].lock.releaseRead(task)
      switch operation(task, state).kind {
      case .use: state.tasks[task].step = firstRefreshStep
      case .check: finishOperation(task, &state)
      case .invalidate, .refresh, .deactivate, .activate: fatalError("task \(task) checks outside a check")
      }
    }
    return StepOutcome()
  }

  /// A check has said yes: may `khva` be dereferenced now?
  private func judgeUse(_ cache: GfnToPfnCache, _ state: borrowing ProtocolState) -> Violations {
    var violations: Violations = state.isStale(cache.pfn, at: cache.uhva) ? .stale : .none
    for task in 0..<taskCount where state.tasks[task].isInWindow {
      if invalidatedRange(task, state).contains(cache.uhva) { violations.insert(.contract) }
    }
    return violations
  }
}
