// What guest_memfd has to do with a cache whose memslot has such a file.

package enum GuestMemfdRule: String, Hashable, CaseIterable, Sendable {
  /// Every cache is looked up by its hva: the file plays no part. What it invalidates moves `mmu_invalidate_seq`.
  case byHVA = "by-hva"
  /// A gpa-based cache is looked up in the file; the file's invalidations do not reach the caches.
  case lookedUp = "looked-up"
  /// The same, and the file's invalidations raise the count and walk the caches, as the mmu_notifier's do.
  case invalidates
}
