// Invalidations of the model: at their recorded moments.

import GPCProtocol
import KVMEvents

extension FormModel {
  /// Advances the invalidation from moment to moment, as far as the recording has come.
  mutating func invalidate(_ task: Int, _ nowNs: Int64) {
    while runs[task].reached.rawValue < runs[task].goal.rawValue {
      guard let next = WindowPlan.Kind(rawValue: runs[task].reached.rawValue + 1) else { return }
      guard reach(next, task, nowNs) else { return waitForLock(task) }
      if next == .countDown { return }
      runs[task].reached = next
      // Some forms hold `mn_invalidate_lock` from the count to here.
      if next == .walk { wakeLockWaiters(nowNs) }
    }
  }

  /// false: it waits for a lock on the way.
  private mutating func reach(_ moment: WindowPlan.Kind, _ task: Int, _ nowNs: Int64) -> Bool {
    switch moment {
    case .begin: return true
    case .countUp:
      if !inFlight.contains(task) { countUp(task) }
      guard engine.advance(task, &state).end == .paused else { return false }
      // The engine opens it with the hook's last step; the recording shows when that was.
      state[task: task].isInWindow = false
      return true
    case .walk:
      guard engine.rules.walk.place.isInStartHook else { return true }
      guard engine.advance(task, &state).end == .paused else { return false }
      state[task: task].isInWindow = false
      return true
    case .startRet:
      state[task: task].isInWindow = true
      state.unmapPages(by: task)
      return true
    case .endEntry:
      guard engine.advance(task, &state).end == .paused else { return false }
      state[task: task].isInWindow = false
      return true
    case .endWalk:
      guard engine.rules.walk.place.isBeforeCountFalls else { return true }
      // The seq's bump, if a memslot makes one.
      if !engine.walksNext(task, state) { guard engine.advance(task, &state).end == .paused else { return false } }
      guard engine.walksNext(task, state) else { return true }
      return engine.advance(task, &state).end == .paused
    case .countDown:
      var end = Advance.End.paused
      while end == .paused { end = engine.advance(task, &state).end }
      guard end == .finished else { return false }
      countDown(task, nowNs)
      return true
    }
  }

  private mutating func countUp(_ task: Int) {
    inFlight.append(task)
    let range = runs[task].range
    for other in refreshing where runs[other].refresh?.waitsSinceNs != nil {
      if let page = runs[other].refresh?.plan.uhva.page, range.contains(page) {
        runs[other].refresh?.waitIsNecessary = true
      }
    }
  }

  private mutating func countDown(_ task: Int, _ nowNs: Int64) {
    let range = runs[task].range
    inFlight.removeAll { $0 == task }
    for other in refreshing {
      if let page = runs[other].refresh?.plan.uhva.page, range.contains(page) {
        runs[other].refresh?.overlapEnded = true
      }
    }
    vacate(task)
    if state.kvm.activeInvalidations == 0 { wakeWaiters(nowNs) }
    wakeLockWaiters(nowNs)
  }

  /// An invalidation of the page is in flight.
  func isInvalidated(_ page: UHVA) -> Bool { inFlight.contains { runs[$0].range.contains(page) } }

  /// The covering range of a form that keeps one covers the page.
  func isCovered(_ page: UHVA) -> Bool {
    switch engine.rules.range {
    case .none: false
    case .resetAtZero, .kept, .keptAtWalk: state.kvm.isPending(at: page)
    }
  }
}
