// Which sequence number the retry loop goes by.

package enum SequenceRule: String, Hashable, CaseIterable, Sendable {
  /// `mmu_invalidate_seq`: bumped under `mmu_lock`, if a memslot overlaps the range.
  case mmu
  /// `gpc_invalidate_seq` (v7.3 on): bumped in every end hook, under `mn_invalidate_lock` and right before the count
  /// goes down.
  case gpc
}

extension SequenceRule {
  /// Its name in `struct kvm`.
  var field: String {
    switch self {
    case .mmu: "mmu_invalidate_seq"
    case .gpc: "gpc_invalidate_seq"
    }
  }
}
