// The steps of an activation.

/// `kvm_gpc_activate()` up to the refresh that it ends with.
package enum ActivateStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, testActive, lockList, add, unlockList, lockWrite, store, unlockWrite
}
