// One invalidation, its start and end hook paired; a row of the table `invalidation`.

import KVMEvents

/// One run of `invalidate_range_start` .. `invalidate_range_end` for one VM.
package struct Invalidation: Sendable {
  /// How it ended.
  package enum Close: String, Sendable {
    /// Its end hook.
    case end
    /// Its VM was destroyed in between.
    case vmGone = "vm_gone"
    /// Its end was lost: a later start of the same task, or a recorded count, shows that it is over.
    case lost
    /// The recording ended.
    case open
  }

  package let id: Int64
  package let vm: Int32
  package let task: TaskID
  package let range: HVARange
  /// `enum mmu_notifier_event`; nil if the probe does not record it.
  package let mnEvent: UInt32?
  /// Its range overlaps a memslot, so its end bumps `mmu_invalidate_seq`; nil: the memslots are not known.
  package let hitsMemslot: Bool?
  /// nil: it was open when the recording began (or its start was lost).
  package let startEvent: EventID?
  package let walkEvent: EventID?
  package let startRetEvent: EventID?
  package let endEvent: EventID?
  package let endRetEvent: EventID?
  /// The lookup it was nested in (the lookup's own fault caused it): that lookup's event.
  package let selfLookupEvent: EventID?
  package let close: Close
  /// From the start hook's entry to the end hook's return, in nanoseconds; nil if either is missing.
  package let durationNs: Int64?

  package init(
    id: Int64, vm: Int32, task: TaskID, range: HVARange, mnEvent: UInt32?, hitsMemslot: Bool?, startEvent: EventID?,
    walkEvent: EventID?, startRetEvent: EventID?, endEvent: EventID?, endRetEvent: EventID?, selfLookupEvent: EventID?,
    close: Close, durationNs: Int64?
  ) {
    self.id = id
    self.vm = vm
    self.task = task
    self.range = range
    self.mnEvent = mnEvent
    self.hitsMemslot = hitsMemslot
    self.startEvent = startEvent
    self.walkEvent = walkEvent
    self.startRetEvent = startRetEvent
    self.endEvent = endEvent
    self.endRetEvent = endRetEvent
    self.selfLookupEvent = selfLookupEvent
    self.close = close
    self.durationNs = durationNs
  }
}
