// How a cache is activated and deactivated: what the eras of mainline differ in.

/// `kvm_gpc_activate()` up to its refresh.
package enum ActivationRule: String, Hashable, CaseIterable, Sendable {
  /// All of it, the refresh with it, under `refresh_lock` (v6.9 on); `v5.17`, which has no such lock, the same without.
  case underRefreshLock = "under-refresh-lock"
  /// The fields are reset without any lock; on the list; `active` under `gpc->lock` (v6.0.8 .. v6.8).
  case bareReset = "bare-reset"
  /// The fields are reset and `active` is set without any lock; on the list (v5.19 .. v6.0.7). That it initialises the
  /// locks again is not modelled.
  case bareActive = "bare-active"
}

/// `kvm_gpc_deactivate()`.
package enum DeactivationRule: String, Hashable, CaseIterable, Sendable {
  /// All of it under `refresh_lock` (v6.9 on).
  case underRefreshLock = "under-refresh-lock"
  /// The same order without `refresh_lock`: what a refresh under way keeps is unmapped (v6.2 .. v6.8; `v5.17`).
  case unlocked
  /// Not active; off the list; then unmapped under `refresh_lock` and `gpc->lock` (v6.0.8, v6.1).
  case unmappedLast = "unmapped-last"
  /// Off the list; unmapped under `refresh_lock` and `gpc->lock`; then not active, without a lock (v5.19 .. v6.0.7).
  case unlistedFirst = "unlisted-first"
}
