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
  /// `kvm_gmem_punch_hole()` over what the file gives these addresses of a memslot. The file's release, a memory error
  /// and a change of memory attributes invalidate in the same steps.
  case punchHole(HVARange)
  /// `vcpu_enter_guest()` of a guest that uses the cache's pfn (`ProtocolRules.guestUsesPFN`; else a `use`): until a
  /// check says yes, refresh; copy the pfn; enter the guest with it. `handlesEvents`: before the entry the vCPU may
  /// check the cache once more, and refresh it. One vCPU uses a cache.
  case runGuest(cache: Int, RefreshRequest, handlesEvents: Bool)
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
    case .punchHole: .punchHole
    case .runGuest: .runGuest
    }
  }

  /// What its refresh asks for; nil where it has none.
  package var request: RefreshRequest? {
    switch self {
    case .refresh(_, let request, _), .use(_, let request), .activate(_, let request, _),
      .runGuest(_, let request, _):
      request
    case .invalidate, .check, .deactivate, .punchHole: nil
    }
  }
}
