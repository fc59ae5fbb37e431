// The cache's fields and what the kernel does to them under `gpc->lock`.

import KVMEvents

/// `struct gfn_to_pfn_cache`, as far as the protocol reads it.
package struct GfnToPfnCache: Hashable, Sendable {
  /// `gpc->gpa`; `GPA.invalid` for an hva-based cache.
  package var gpa = GPA.invalid
  /// `gpc->generation` of the memslots that gave the uhva.
  package var generation = MemslotsGeneration(rawValue: 0)
  /// `gpc->uhva`, offset included.
  package var uhva = GfnToPfnCache.errorUHVA
  /// `gpc->pfn`.
  package var pfn = PFN.errorFault
  /// `gpc->khva` is not NULL.
  package var hasKHVA = false
  /// `gpc->khva` points to what a deactivation has unmapped (`ProtocolRules.canUnmapKeptKHVA`; else never).
  package var isKHVAUnmapped = false
  /// `gpc->active`: between activation and deactivation.
  package var active = false
  /// `gpc->valid`: a check may say yes.
  package var valid = false
  /// `gpc->needs_invalidation` (v1: `validating`); always false in forms that have none.
  package var needsInvalidation = false

  /// `KVM_HVA_ERR_BAD` of a kernel without address randomisation.
  package static let errorUHVA = UHVA(rawValue: 0xffff_8880_0000_0000)

  /// `kvm_gpc_init()`.
  package init() {}

  package var isGPABased: Bool { gpa != .invalid }

  /// The activation proper, under `gpc->lock`; the cache is on `gpc_list` already. The refresh follows.
  package mutating func activate() { active = true }

  /// `kvm_gpc_deactivate()` under `gpc->lock`. The gpa and the uhva stay as they are.
  package mutating func deactivate() {
    active = false
    unmap()
  }

  /// `kvm_gpc_unmap()` (up to v6.1): nothing is mapped any more, the gpa and the uhva stay.
  package mutating func unmap() {
    valid = false
    needsInvalidation = false
    pfn = .errorFault
    hasKHVA = false
    isKHVAUnmapped = false
  }

  /// What activation did to the fields up to v6.8, without a lock.
  package mutating func reset() {
    unmap()
    uhva = Self.errorUHVA
  }
}
