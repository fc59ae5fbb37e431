// The steps of a deactivation.

/// `kvm_gpc_deactivate()`.
package enum DeactivateStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, lockWrite, store, unlockWrite, lockList, remove, unlockList, unlockRefresh
}
