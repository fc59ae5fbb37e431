// What a task is asked to do.

import KVMEvents

/// One call into KVM, or by the mm into its notifier.
package enum TaskOperation: Hashable, Sendable {
  /// An invalidation, start hook to end hook, of one of these ranges.
  case invalidate([InvalidatedRange])
  /// `kvm_gpc_refresh()`.
  case refresh(cache: Int, RefreshRequest, lookUpMayFail: Bool)
  /// One check; on yes `khva` is used under the read lock.
  case check(cache: Int)
  /// The kernel's idiom: check; while it says no, refresh and check again. Ends with a use or a failed refresh.
  case use(cache: Int, RefreshRequest)
  /// `kvm_gpc_deactivate()`.
  case deactivate(cache: Int)
  /// `kvm_gpc_activate()`, its refresh included.
  case activate(cache: Int, RefreshRequest, lookUpMayFail: Bool = false)
}

extension TaskOperation {
  var kind: CompiledOperation.Kind {
    switch self {
    case .invalidate: .invalidate
    case .refresh: .refresh
    case .check: .check
    case .use: .use
    case .deactivate: .deactivate
    case .activate: .activate
    }
  }

  /// What its refresh asks for; nil where it has none.
  package var request: RefreshRequest? {
    switch self {
    case .refresh(_, let request, _), .use(_, let request), .activate(_, let request, _): request
    case .invalidate, .check, .deactivate: nil
    }
  }
}
