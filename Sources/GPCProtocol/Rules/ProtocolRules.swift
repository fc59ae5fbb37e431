// How a form behaves wherever forms differ. No text here: the engine copies these values in its inner loop.

/// The points in which the published forms differ. The initial values are mainline's.
package struct ProtocolRules: Hashable, Sendable {
  package var walk = WalkRule()
  package var range = RangeRule.none
  package var snapshot = SnapshotPlace.loopTop
  package var wait = WaitRule.none
  package var retry = RetryRule()
  package var validity = ValidityRule.falseBeforeLoop
  /// `needs_invalidation` exists: set at each loop top, cleared by a walk that hits, by a failed refresh and by
  /// deactivation.
  package var hasNeedsInvalidation = false
  /// Refresh, and what `activation` and `deactivation` say, hold `gpc->refresh_lock`.
  package var hasRefreshLock = true
  /// Each round of the retry loop ends with its test under `gpc->lock`, held for write. Else the lock is dropped once,
  /// the rounds touch nothing of the cache, and what the test let pass is swapped in after it, under the lock.
  package var testsUnderLock = true
  /// The new pfn is set only while no invalidation that the range covers is in flight, both under `mn_invalidate_lock`
  /// and `gpc->lock`, taken in this order after the wait.
  package var acceptsUnderInvalidateLock = false
  package var activation = ActivationRule.underRefreshLock
  package var deactivation = DeactivationRule.underRefreshLock
  /// Check and refresh look at `gpc->active` (v6.0.8 on).
  package var testsActive = true
  /// A user tests `khva` for NULL after a check that said yes (`v5.17`, where `valid` may be a placeholder).
  package var usersTestKHVA = false
  /// What guest_memfd has to do with a cache.
  package var guestMemfd = GuestMemfdRule.byHVA
  /// A vCPU runs its guest on a copy of `pfn`: the walk waits until the vCPUs of the caches that it hits are outside
  /// guest mode, and a vCPU looks at `valid` once more when it is in it.
  package var guestUsesPFN = false

  /// The sequence of the snapshot and of the retry test.
  package var seq = SequenceRule.mmu
  /// The end hook bumps `mmu_invalidate_seq` only if a memslot overlaps the range: so do all published forms.
  package var seqNeedsMemslot = true
  package var functions = FunctionsRule.byHVA
  package var memory = MemoryModel.sequential

  package init() {}
}

extension ProtocolRules {
  /// The barrier after `valid = true` is a step only where it can matter.
  var hasBarrierStep: Bool { walk.barrierBefore && memory == .tso }

  /// Some wait sleeps on the queue that the end hook wakes.
  package var hasQueue: Bool { wait.isQueue }

  /// A deactivation can unmap the khva that a refresh under way keeps: whether khva is mapped is a question.
  package var canUnmapKeptKHVA: Bool { hasRefreshLock && deactivation == .unlocked }
}

/// The one range of the kvm that covers all invalidations in flight.
///
/// `kvm->mmu_gpc_invalidate_range_start/end`: set by the invalidation that takes the count from 0 to 1, widened by the
/// others.
package enum RangeRule: String, Hashable, CaseIterable, Sendable {
  /// No such field (mainline).
  case none
  /// Written together with the count; back to the error value when the count falls to 0.
  case resetAtZero = "reset-at-zero"
  /// Written together with the count; never reset.
  case kept
  /// Written at the head of the walk, before the caches are visited; never reset, read bare.
  case keptAtWalk = "kept-at-walk"

  /// One step with the count, under its lock.
  var isWithCount: Bool { self == .resetAtZero || self == .kept }
}

/// Where a round of the retry loop takes its snapshot of `mmu_invalidate_seq`.
package enum SnapshotPlace: String, Hashable, CaseIterable, Sendable {
  case none
  /// At the loop top, `gpc->lock` held for write.
  case loopTop = "loop-top"
  /// Right before the lookup, without the lock.
  case beforeLookup = "before-lookup"
}

/// When a refresh that has to look up clears and sets `valid`.
package enum ValidityRule: String, Hashable, CaseIterable, Sendable {
  /// False once before the loop, true with the new pfn after the retry test (mainline).
  case falseBeforeLoop = "false-before-loop"
  /// False at each loop top; true right after the relock, before the retry test, both under the write lock.
  case trueBeforeTest = "true-before-test"
  /// True before the loop as a placeholder, `pfn` an error and `khva` NULL; the store after the loop tests nothing
  /// (`v5.17`).
  case placeholder
}
