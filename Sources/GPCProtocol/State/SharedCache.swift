// A cache with its locks and its place on `gpc_list`.

package struct SharedCache: Hashable, Sendable {
  package var fields = GfnToPfnCache()
  /// `gpc->lock`.
  package var lock = KernelRWLock()
  /// `gpc->refresh_lock`.
  package var refreshLock = KernelLock()
  /// On `kvm->gpc_list`, guarded by `gpc_lock`.
  package var isListed = false

  package init() {}
}
