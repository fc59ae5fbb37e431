// What a refresh asks for.

import KVMEvents

/// The arguments of `__kvm_gpc_refresh()`, the memslots' answer with them.
package enum RefreshRequest: Hashable, Sendable {
  /// A gpa-based refresh. `resolved` is what the memslots of `generation` give for the gpa's page: an error uhva where
  /// none covers it. It is used only if the cache's gpa, generation or uhva call for it.
  case gpa(GPA, resolved: UHVA, generation: MemslotsGeneration)
  /// An hva-based refresh (`kvm_gpc_activate_hva()` and refreshes of such a cache).
  case uhva(UHVA)
}
