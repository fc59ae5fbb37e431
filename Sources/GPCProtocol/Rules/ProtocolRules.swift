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
  /// the rounds touch nothing of the cache, and what the test let pass is swapped in behind it, under the lock.
  package var testsUnderLock = true
  /// The new pfn is set only while no invalidation that the range covers is in flight, both under `mn_invalidate_lock`
  /// and `gpc->lock`, taken in this order behind the wait.
  package var acceptsUnderInvalidateLock = false
  package var activation = ActivationRule.underRefreshLock
  package var deactivation = DeactivationRule.underRefreshLock
  /// Check and refresh look at `gpc->active` (v6.0.8 on).
  package var testsActive = true
  /// A user tests `khva` for NULL after a check that said yes (`v5.17`, where `valid` may be a placeholder).
  package var usersTestKHVA = false

  /// The sequence of the snapshot and of the retry test.
  package var seq = SequenceRule.mmu
  /// The end hook bumps `mmu_invalidate_seq` only if a memslot overlaps the range: so do all published forms.
  package var seqNeedsMemslot = true
  package var functions = FunctionsRule.byHVA
  package var memory = MemoryModel.sequential

  package init() {}
}

extension ProtocolRules {
  /// The barrier behind `valid = true` is a step only where it can matter.
  var hasBarrierStep: Bool { walk.barrierBefore && memory == .tso }

  /// Some wait sleeps on the queue that the end hook wakes.
  package var hasQueue: Bool { wait.isQueue }

  /// A deactivation can unmap the khva that a refresh under way keeps: whether khva is mapped is a question.
  package var canUnmapKeptKHVA: Bool { hasRefreshLock && deactivation == .unlocked }
}
