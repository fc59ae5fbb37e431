// The walk of the caches: in which hook, what it tests, how it locks.

/// `gfn_to_pfn_cache_invalidate_start()` and what the series made of it.
package struct WalkRule: Hashable, Sendable {
  package enum Place: String, Hashable, CaseIterable, Sendable {
    /// In the start hook, after the count went up.
    case startHook = "start-hook"
    /// In the end hook, after the seq bump and before the count goes down.
    case endHookBeforeCount = "end-hook-before-count"
    /// In the end hook, after the count went down.
    case endHookAfterCount = "end-hook-after-count"
    /// In the start hook on `valid`, and in the end hook, before the count goes down, on `needs_invalidation`.
    case bothHooks = "both-hooks"

    package var isInStartHook: Bool { self == .startHook || self == .bothHooks }
    package var isInEndHook: Bool { self != .startHook }
    package var isBeforeCountFalls: Bool { self == .endHookBeforeCount || self == .bothHooks }
  }

  package enum Test: String, Hashable, CaseIterable, Sendable {
    /// `gpc->valid`.
    case valid
    /// `gpc->needs_invalidation`; a hit clears it together with `valid`.
    case needsInvalidation = "needs-invalidation"
  }

  package enum Locking: String, Hashable, CaseIterable, Sendable {
    /// `gpc->lock` for write at once (up to v6.8).
    case write
    /// For read; after a hit dropped, taken for write, tested again (v6.9 on).
    case readThenWrite = "read-then-write"
    /// No lock for the first test; after a hit taken for write, tested again.
    case bareThenWrite = "bare-then-write"
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

  /// What the walk of a start hook does, where the end hook has one of its own.
  var ofStartHook: WalkRule {
    var rule = self
    if place == .bothHooks { rule.test = .valid }
    return rule
  }
}
