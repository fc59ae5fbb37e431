// The fields of `struct kvm` that the protocol uses.

import KVMEvents

package struct SharedKVM<Width: StateWidth>: Hashable, Sendable {
  /// `mn_active_invalidate_count`, under `mn_invalidate_lock` to write, read bare.
  package var activeInvalidations: Width.Count = 0
  /// `mmu_invalidate_seq`, under `mmu_lock` to write, read locklessly. Begins at 1; the snapshot 0 means "none".
  package var invalidateSeq: Width.Seq = 1
  /// `mmu_gpc_invalidate_range_start`.
  package var rangeStart = GfnToPfnCache.errorUHVA
  /// `mmu_gpc_invalidate_range_end`.
  package var rangeEnd = GfnToPfnCache.errorUHVA
  package var invalidateLock = KernelLock<Width>()
  package var listLock = KernelLock<Width>()
  package var mmuLock = KernelLock<Width>()

  package init() {}

  /// Count and range under `mn_invalidate_lock`, in one step: `gpc_invalidations_pending()`.
  package func isPending(at uhva: UHVA) -> Bool {
    activeInvalidations != 0 && HVARange(start: rangeStart, end: rangeEnd).contains(uhva)
  }

  /// The range as an invalidation of `range` leaves it. Call with the count raised already.
  package func covering(_ range: HVARange) -> HVARange {
    activeInvalidations == 1 ? range : range.hull(HVARange(start: rangeStart, end: rangeEnd))
  }
}
