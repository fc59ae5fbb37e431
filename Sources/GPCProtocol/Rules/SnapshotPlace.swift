// Where a round of the retry loop takes its snapshot of `mmu_invalidate_seq`.

package enum SnapshotPlace: String, Hashable, CaseIterable, Sendable {
  case none
  /// At the loop top, `gpc->lock` held for write.
  case loopTop = "loop-top"
  /// Right before the lookup, without the lock.
  case beforeLookup = "before-lookup"
}
