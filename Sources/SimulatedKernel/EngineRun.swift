// One operation in the protocol's engine: its steps, told as what they did and as the probe that they come to.

import GPCProtocol
import KVMEvents

/// The only place that knows the engine's steps.
struct EngineRun {
  /// What a step did that somebody else wants to know.
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

  /// Where the next step stands, if a probe stands in front of it.
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
  let slot: Int
  /// What a refresh without `refresh_lock` returns: it has no step of its own for that.
  private(set) var ret = 0

  init(_ engine: ProtocolEngine, slot: Int) {
    self.engine = engine
    self.slot = slot
  }

  /// Where the operation begins.
  func begin(_ state: borrowing RecordingState) -> Arrival {
    switch state.tasks[slot].step {
    case .walk(.lockList): .walk
    case .refresh(.lockWrite): .refreshBody
    case _: .none
    }
  }

  func canStep(_ state: borrowing RecordingState) -> Bool { engine.canStep(slot, state) }

  /// The next step resolves the uhva: the memslots are to be asked now.
  func resolves(_ state: borrowing RecordingState) -> Bool { state.tasks[slot].step == .refresh(.begin) }

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
    let step = state.tasks[slot].step
    let outcome = engine.take(slot, lookUpFails: lookUpFails, &state)
    switch outcome.branch {
    case .inactive: ret = -22
    case .noMemslot, .failed: ret = -14
    case _: break
    }
    return (deed(step, outcome), arrival(from: step, at: state.tasks[slot].step, outcome.branch))
  }

  private func deed(_ step: TaskStep, _ outcome: StepOutcome) -> Deed {
    switch step {
    case .hook(.raiseCount): .countUp
    case .hook(.lowerCount): .countDown
    case .hook(.freePages): .pagesFreed
    case .refresh(.snapshot): .snapshot
    case .refresh(.lookUp): outcome.branch == .failed ? .lookUpFailed : .lookedUp
    case .refresh(.accept): .accepted(isStale: outcome.violations.contains(.stale))
    case .check(.test): .checked(isYes: outcome.branch == .yes, outcome.violations)
    case .retry(let step):
      RetryReason(step).map { .tested(retriesBy: outcome.branch == .retry ? $0 : nil) } ?? .nothing
    case _: .nothing
    }
  }

  private func arrival(from step: TaskStep, at next: TaskStep, _ branch: StepBranch) -> Arrival {
    if branch == .lookUp || isRepeat(step, next, branch) { return .loopTop }
    switch next {
    case .finished: return .finished
    case .hook(.storeRangeStart): return .walk
    case .walk(.lockList): return step == .hook(.storeRangeEnd) ? .none : .walk
    case .hook(.freePages): return .startReturn
    case .refresh(.lockWrite): return branch == .retry ? .none : .refreshBody
    case .refresh(.lookUp): return .lookUp
    case .refresh(.accept): return .acceptance
    case .refresh(.unlockRefresh), .refresh(.unlockRefreshFailed): return .bodyReturn(ret)
    case .retry: return isRetryStep(step) ? .none : .retryTest
    case _: return .none
    }
  }

  /// The round is repeated, and its loop's top comes next.
  private func isRepeat(_ step: TaskStep, _ next: TaskStep, _ branch: StepBranch) -> Bool {
    if step == .retry(.unlockMMURetry) { return true }
    return branch == .retry && !isRetryStep(next) && next != .refresh(.lockWrite)
  }

  private func isRetryStep(_ step: TaskStep) -> Bool {
    if case .retry = step { return true }
    return false
  }
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

  fileprivate init?(_ step: RetryStep) {
    switch step {
    case .flag: self = .flag
    case .count: self = .count
    case .rangeStart, .rangeEnd, .section: self = .range
    case .seq, .sectionSeq: self = .seq
    case .lockMMU, .unlockMMURetry, .unlockMMUAccept: return nil
    }
  }
}
