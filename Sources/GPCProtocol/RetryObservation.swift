// What a retry test may read.

/// What the retry test of one round read. A form looks only at what its `RetryRule` names; the rest may stand at its
/// initial value.
package struct RetryObservation: Hashable, Sendable {
  /// `kvm->mn_active_invalidate_count != 0`.
  package var invalidationsActive = false
  /// `kvm->mmu_invalidate_seq` differs from the round's snapshot.
  package var seqMoved = false
  /// `gpc->needs_invalidation`: false means that a walk hit the cache since the loop top.
  package var needsInvalidation = true
  /// An invalidation is in flight and its range covers `gpc->uhva`: the count and `mmu_gpc_invalidate_range_start/end`,
  /// or in `v5.17` an overlapping invalidation between its two `mmu_lock` sections.
  package var pendingCoversUHVA = false

  package init(
    invalidationsActive: Bool = false, seqMoved: Bool = false, needsInvalidation: Bool = true,
    pendingCoversUHVA: Bool = false
  ) {
    self.invalidationsActive = invalidationsActive
    self.seqMoved = seqMoved
    self.needsInvalidation = needsInvalidation
    self.pendingCoversUHVA = pendingCoversUHVA
  }
}
