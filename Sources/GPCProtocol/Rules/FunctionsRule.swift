// Which functions a kernel of the form has: no step depends on it, but a recording shows it.

package enum FunctionsRule: String, Hashable, CaseIterable, Sendable {
  /// `kvm_gfn_to_pfn_cache_refresh()`, request and body in one (up to v6.1).
  case oneRefresh = "one-refresh"
  /// `kvm_gpc_refresh()` and `__kvm_gpc_refresh()`, by gpa (v6.2 .. v6.8).
  case byGPA = "by-gpa"
  /// `kvm_gpc_activate_hva()` as well: `__kvm_gpc_refresh()` takes a uhva (v6.9 on).
  case byHVA = "by-hva"
}
