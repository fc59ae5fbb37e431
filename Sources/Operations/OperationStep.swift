// What an event did to an operation: the only view of a recording for the stages after the pairing.

import KVMEvents
import Results

/// One step of an operation, in replay order. States that a step names are as after the whole event. Large ones are
/// boxed, since otherwise their size would be that of every step.
package enum OperationStep {
  // MARK: Invalidations

  /// The start hook is entered, or a hook without a recorded start has become known.
  case began(InvalidationState)
  /// `gfn_to_pfn_cache_invalidate_start()`: the walk of the caches begins at this moment.
  case walkBegan(InvalidationState, Moment)
  /// The hook in which the walk lies has returned, or certainly has by now: the walk is over.
  case walkEnded(InvalidationState, Moment)
  /// The end hook is entered: the pages are unmapped and freed.
  case endEntered(InvalidationState)
  /// It is over, or nothing more of it will come: `close` says which.
  case closed(InvalidationState)
  /// No unrecorded invalidation of the VM is in flight any more.
  case doubtEnded(VMState)

  // MARK: Caches

  /// `kvm_gpc_init()`.
  case initialised(CacheNumber, Moment)
  /// The VM of a cache that existed before its first event is known now; `uhva` as that event recorded it.
  case attached(CacheNumber, uhva: UHVA?)
  case deactivated(CacheNumber, Moment)
  case deactivationEnded(CacheNumber, entry: Moment, return: Moment)

  // MARK: Refreshes

  /// The body (`__kvm_gpc_refresh()`) is entered.
  case entered(RefreshSlot)
  /// The body is certainly in its retry loop at this moment: `valid` was cleared before.
  case loopReached(RefreshSlot, Moment)
  /// The round's lookup has returned.
  case lookedUp(RefreshSlot, RoundSlot)
  /// A round is over; the receiver frees the slot.
  case roundEnded(RefreshSlot, RoundSlot, RetryRound.Outcome, settled: Moment, pfn: PFN?)
  /// `valid` is set after this moment. Comes before the round's end.
  case accepted(RefreshSlot, RoundSlot?, after: Moment)
  /// The body has returned; the receiver frees the slot.
  case returned(RefreshSlot, Moment)
  /// Its return is not recorded, or may belong to another; the receiver frees the slot.
  case abandoned(RefreshSlot, Moment)

  // MARK: Checks and memslots

  indirect case checked(CheckState, return: Moment, answer: Bool)
  /// A check whose return is not recorded.
  indirect case unanswered(CheckState)
  indirect case memslotEnded(Memslot)

  // MARK: Losses

  /// Events were dropped after `since` and before `before`: of every VM; these had an event since the last gap. nil:
  /// none were, but what was open is given up (`giveUp`).
  indirect case lost(EventLoss?, since: EventID, before: EventID, touched: [VMState])
  /// Between these events something happened in the VM whose begin is not recorded, and which was considered
  /// impossible: an invalidation, or a change of its memslots.
  case doubted(VMState, since: EventID, before: EventID)
}
