// Between which recorded moments the phases of an operation lie.

import GPCProtocol
import KVMEvents

/// The moments that every form has in common: entries and returns. What a form does between two of them is free inside that interval.
package struct OperationSpan: Hashable, Sendable {
  package let begin: Moment
  /// Of an invalidation: the start hook returns, the end hook is called.
  package let hooks: Hooks?
  package let end: Moment

  package struct Hooks: Hashable, Sendable {
    package let startRet: Moment
    package let endEntry: Moment
  }

  package init(begin: Moment, hooks: Hooks? = nil, end: Moment) {
    self.begin = begin
    self.hooks = hooks
    self.end = end
  }

  /// In program order.
  var moments: [Moment] { hooks.map { [begin, $0.startRet, $0.endEntry, end] } ?? [begin, end] }
}

extension TaskStep {
  /// Which interval of its operation's span a step lies in, 0 the first. Of an invalidation: up to the return of the start hook; between the
  /// hooks; the end hook. Any other operation has one.
  func phase(_ walk: WalkRule.Place) -> Int {
    switch self {
    case .hook(let step):
      switch step {
      case .lockCount, .raiseCount, .storeRangeStart, .storeRangeEnd, .unlockCount, .lockMMU, .unmapGuest, .unlockMMU: 0
      case .freePages: 1
      case .endLockMMU, .raiseSeq, .endUnlockMMU, .endLockCount, .lowerCount, .endUnlockCount, .endUnlockCountAndWake,
        .wake:
        2
      }
    case .walk: walk == .startHook ? 0 : 2
    case .refresh, .wait, .retry, .check, .deactivate, .activate, .finished: 0
    }
  }
}
