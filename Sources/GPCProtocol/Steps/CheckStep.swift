// The steps of a check.

/// `read_lock(&gpc->lock); kvm_gpc_check(); … read_unlock()`.
package enum CheckStep: UInt8, CaseIterable, Sendable {
  case lockRead, test, unlockYes, unlockNo
}
