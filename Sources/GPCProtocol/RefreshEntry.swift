// How a refresh begins.

/// What the top of a refresh decided, `gpc->lock` held for write.
package enum RefreshEntry: Hashable, Sendable {
  /// `-EINVAL`: not active. Nothing was changed.
  case inactive
  /// `-EFAULT`: no memslot. The refresh has failed (`fail()` is done).
  case noMemslot
  /// Valid, and the uhva's page did not change: the mapping is kept.
  case kept
  /// Into the retry loop (`hva_to_pfn_retry()`).
  case lookUp
}
