// The steps of a refresh.

/// `__kvm_gpc_refresh()` and `hva_to_pfn_retry()`, without its wait and its retry test.
package enum RefreshStep: UInt8, CaseIterable, Sendable {
  case lockRefresh, lockWrite, begin
  case loopTop, snapshot, unlock, lookUp, relock, setValid, barrier, accept
  case unlockWrite, unlockRefresh
  case lockFailed, fail, unlockFailed, unlockRefreshFailed
}
