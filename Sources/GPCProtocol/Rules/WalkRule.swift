// The walk of the caches: in which hook, what it tests, how it locks.

/// `gfn_to_pfn_cache_invalidate_start()` and what the series made of it.
package struct WalkRule: Hashable, Sendable {
  package enum Place: Hashable, Sendable {
    /// In the start hook, after the count went up.
    case startHook
    /// In the end hook, after the seq bump and before the count goes down.
    case endHookBeforeCount
    /// In the end hook, after the count went down.
    case endHookAfterCount
  }

  package enum Test: Hashable, Sendable {
    /// `gpc->valid`.
    case valid
    /// `gpc->needs_invalidation`; a hit clears it together with `valid`.
    case needsInvalidation
  }

  package enum Locking: Hashable, Sendable {
    /// `gpc->lock` for write at once (up to v6.8).
    case write
    /// For read; after a hit dropped, taken for write, tested again (v6.9 on).
    case readThenWrite
    /// No lock for the first test; after a hit taken for write, tested again.
    case bareThenWrite
  }

  package var place = Place.startHook
  package var test = Test.valid
  package var locking = Locking.readThenWrite
  /// The walk passes over a cache whose `pfn` is an error.
  package var testsPFN = true
  /// `mn_invalidate_lock` stays held from count += 1 to the end of the walk.
  package var insideInvalidateLock = false
  /// A full barrier before the walk; partner of the one between `valid = true` and the retry test.
  package var barrierBefore = false

  package init() {}
}
