// One operation in the protocol engine: each step with its effects and the probe that follows.

import GPCProtocol
import KVMEvents

/// With `EngineSteps` the only code that knows the engine's steps.
struct EngineRun {
  /// An effect of a step that others need.
  enum Deed: Equatable {
    case nothing
    case countUp, countDown, pagesFreed
    case snapshot
    case lookedUp, lookUpFailed
    /// One read of the retry test; nil: it lets the round pass, as far as it goes.
    case tested(retriesBy: RetryReason?)
    case accepted(isStale: Bool)
    case checked(isYes: Bool, Violations)
  }

  /// The position of the next step, if there is a probe before it.
  enum Arrival: Equatable {
    case none
    /// `gfn_to_pfn_cache_invalidate_start()`.
    case walk
    /// The start hook returns.
    case startReturn
    /// `__kvm_gpc_refresh()`.
    case refreshBody
    case loopTop, lookUp, retryTest, acceptance
    /// `__kvm_gpc_refresh()` returns.
    case bodyReturn(Int)
    case finished
  }

  let engine: ProtocolEngine
  let steps: EngineSteps
  let slot: Int
  /// What a refresh without `refresh_lock` returns: it has no separate step for that.
  private(set) var ret = 0
  /// `mmu_seq` as last read: the engine drops it when it is no longer needed.
  private(set) var snapshot: UInt64 = 0

  init(_ engine: ProtocolEngine, _ steps: EngineSteps, slot: Int) {
    self.engine = engine
    self.steps = steps
    self.slot = slot
  }

  /// Where the operation begins.
  func begin(_ state: borrowing RecordingState) -> Arrival {
    switch steps[state.tasks[slot].step] {
    case .lockList: .walk
    case .lockWrite: .refreshBody
    case _: .none
    }
  }

  func canStep(_ state: borrowing RecordingState) -> Bool { engine.canStep(slot, state) }

  /// The next step resolves the uhva: the memslots are to be consulted now.
  func resolves(_ state: borrowing RecordingState) -> Bool { steps[state.tasks[slot].step] == .begin }

  func isAtWalk(_ state: borrowing RecordingState) -> Bool { steps[state.tasks[slot].step] == .lockList }

  func isInWindow(_ state: borrowing RecordingState) -> Bool { state.tasks[slot].isInWindow }

  /// One of the VM's spinlocks.
  func holdsSpinlock(_ state: borrowing RecordingState) -> Bool {
    let holder = UInt32(slot + 1)
    return state.kvm.invalidateLock.holder == holder || state.kvm.listLock.holder == holder
      || state.kvm.mmuLock.holder == holder
  }

  /// Some cache's `gpc->lock`, for write.
  func holdsCacheLock(_ state: borrowing RecordingState) -> Bool {
    state.caches.contains { $0.lock.writer.holder == UInt32(slot + 1) }
  }

  mutating func step(lookUpFails: Bool = false, _ state: inout RecordingState) -> (deed: Deed, arrival: Arrival) {
    let step = steps[state.tasks[slot].step]
    let outcome = engine.take(slot, lookUpFails: lookUpFails, &state)
    switch outcome.branch {
    case .inactive: ret = -22
    case .noMemslot, .failed: ret = -14
    case _: break
    }
    if step == .snapshot { snapshot = state.tasks[slot].snapshot }
    let next = state.tasks[slot].step
    let arrival = next == .finished ? Arrival.finished : arrival(from: step, at: steps[next], outcome.branch)
    return (deed(step, outcome), arrival)
  }

  private func deed(_ step: EngineSteps.Role?, _ outcome: StepOutcome) -> Deed {
    switch step {
    case .raiseCount: .countUp
    case .lowerCount: .countDown
    case .freePages: .pagesFreed
    case .snapshot: .snapshot
    case .lookUp: outcome.branch == .failed ? .lookUpFailed : .lookedUp
    case .accept: .accepted(isStale: outcome.violations.contains(.stale))
    case .checkTest: .checked(isYes: outcome.branch == .yes, outcome.violations)
    case let step?: RetryReason(step).map { .tested(retriesBy: outcome.branch == .retry ? $0 : nil) } ?? .nothing
    case nil: .nothing
    }
  }

  private func arrival(from step: EngineSteps.Role?, at next: EngineSteps.Role?, _ branch: StepBranch) -> Arrival {
    if branch == .lookUp || isRepeat(step, next, branch) { return .loopTop }
    switch next {
    case .storeRangeStart: return .walk
    case .lockList: return step == .storeRangeEnd ? .none : .walk
    case .freePages: return .startReturn
    case .lockWrite: return branch == .retry ? .none : .refreshBody
    case .lookUp: return .lookUp
    case .accept: return .acceptance
    case .unlockRefresh, .unlockRefreshFailed: return .bodyReturn(ret)
    case let next? where next.isOfRetryTest: return isRetryStep(step) ? .none : .retryTest
    case _: return .none
    }
  }

  /// The round is repeated, and its loop's top comes next.
  private func isRepeat(_ step: EngineSteps.Role?, _ next: EngineSteps.Role?, _ branch: StepBranch) -> Bool {
    if step == .unlockMMURetry { return true }
    return branch == .retry && !isRetryStep(next) && next != .lockWrite
  }

  private func isRetryStep(_ step: EngineSteps.Role?) -> Bool { step?.isOfRetryTest ?? false }
}

/// What a retry test read that made the round repeat.
package enum RetryReason: String, Hashable, Sendable {
  /// `mn_active_invalidate_count`.
  case count
  /// Count and covering range.
  case range
  /// `mmu_invalidate_seq`.
  case seq
  /// `needs_invalidation`.
  case flag

  fileprivate init?(_ step: EngineSteps.Role) {
    switch step {
    case .retryFlag: self = .flag
    case .retryCount: self = .count
    case .retryRangeStart, .retryRangeEnd, .retrySection: self = .range
    case .retrySeq, .retrySectionSeq: self = .seq
    case _: return nil
    }
  }
}
