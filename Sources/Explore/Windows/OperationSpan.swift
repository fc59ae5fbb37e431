// Between which recorded moments the phases of an operation lie.

import GPCProtocol
import KVMEvents

/// The moments that every form has in common: entries and returns, and the one by which the count is up. What a form does between two of
/// them is free inside that interval.
package struct OperationSpan: Hashable, Sendable {
  package let begin: Moment
  /// Of an invalidation.
  package let hooks: Hooks?
  package let end: Moment
  /// A refresh, of any cache, comes before it on its thread: where that may be late, so may this be.
  package let isBehindRefresh: Bool

  package struct Hooks: Hashable, Sendable {
    /// `gpc_invalidate_start`: the count is up (docs/evidence.md), in every form, wherever that walks the caches.
    package let countUp: Moment
    package let startRet: Moment
    package let endEntry: Moment
  }

  package init(begin: Moment, hooks: Hooks? = nil, end: Moment, isBehindRefresh: Bool = false) {
    self.begin = begin
    self.hooks = hooks
    self.end = end
    self.isBehindRefresh = isBehindRefresh
  }

  /// In program order.
  var moments: [Moment] { hooks.map { [begin, $0.countUp, $0.startRet, $0.endEntry, end] } ?? [begin, end] }
}

extension TaskStep {
  /// Which interval of its operation's span a step lies in, 0 the first. Of an invalidation: until the count is up; up to the return of the
  /// start hook; between the hooks; the end hook. Any other operation has one.
  func phase(_ walk: WalkRule.Place) -> Int {
    switch self {
    case .hook(let step):
      switch step {
      case .lockCount, .raiseCount: 0
      // The range at the head of the walk (seanjc-3), and so the unlock behind that.
      case .storeRangeStart, .storeRangeEnd, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU: 1
      case .freePages: 2
      case .endLockMMU, .raiseSeq, .endUnlockMMU, .endLockCount, .lowerCount, .endUnlockCount, .endUnlockCountAndWake,
        .wake:
        3
      }
    case .walk: walk == .startHook ? 1 : 3
    case .refresh, .wait, .retry, .check, .deactivate, .activate, .finished: 0
    }
  }
}
