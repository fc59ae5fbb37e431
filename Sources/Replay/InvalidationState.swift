// An invalidation while the replay needs it: the intervals in which its steps lie.

import KVMEvents

/// One invalidation of one VM, from its start hook (or the first we learn of it) until no undecided test can need it.
final class InvalidationState {
  let id: Int64
  let thread: ThreadNumber
  let task: TaskID
  let range: HVARange
  let mnEvent: UInt32?
  /// The hooks' events as they come. `start` is nil for an invalidation that was open when the recording (or a gap) ended.
  let start: Moment?
  var walk: Moment?
  var startRet: Moment?
  var end: Moment?
  var endKvm: Moment?
  var endRet: Moment?
  /// Where its start is not recorded: it was up by then (nil: before the recording).
  let upBy: Moment?
  var hitsMemslot: Bool?
  /// The lookup whose own fault caused it.
  var selfLookup: EventID?
  /// It runs on top of a refresh or a check of its thread.
  var isNested = false
  /// Events were dropped while it was open: its end may be among them, from this moment on. nil again once the end hook is recorded.
  var taintedSince: Moment?
  /// Over, by its end or otherwise; nil while it is open.
  var close: Invalidation.Close?
  /// A recorded fact after which it is over, where its own end is not recorded.
  var overBy: Moment?
  /// Checks which said yes in the contract window; findings once the end is recorded.
  var contractChecks: [PendingCheck] = []

  init(id: Int64, thread: ThreadNumber, task: TaskID, range: HVARange, mnEvent: UInt32?, start: Moment?, upBy: Moment?)
  {
    self.id = id
    self.thread = thread
    self.task = task
    self.range = range
    self.mnEvent = mnEvent
    self.start = start
    self.upBy = upBy
  }

  /// It was open when the recording began.
  var isFromBefore: Bool { start == nil && upBy == nil }

  /// Its end, or a step of it, may be among dropped events.
  var isInDoubt: Bool { close == nil && taintedSince != nil }

  /// The kernel's test, `start <= uhva < end`, for the page (evidence, rule 9).
  func overlaps(page: UHVA) -> Bool { range.contains(page) }

  /// Only these free pages; a change of protection (`MMU_NOTIFY_PROTECTION_VMA`, `_PAGE`) does not. Unknown kinds count as removing.
  var removesMappings: Bool { mnEvent != 2 && mnEvent != 3 }

  /// The count goes up in (start hook's entry, the walk's begin); without the walk's probe, before the hook returns.
  /// A start that was lost lies in a gap, and so does the walk if that is not recorded either. One from before the recording is never
  /// sure: verdicts that rest on it are unknown (evidence, rule 10).
  func surelyUp(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(walk ?? (start == nil ? upBy : startRet), before: moment)
  }

  func surelyNotUp(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(moment, before: start)
  }

  /// The count goes down in (`mn_invalidate_end_kvm`, the end hook's return); without that probe, after the end hook's entry.
  func surelyDown(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(endRet ?? overBy, before: moment)
  }

  /// - Parameter hasEndKvm: the recording has `mn_invalidate_end_kvm`, so while it is missing the count is still up.
  func surelyNotDown(before moment: Moment, _ order: MomentOrder, hasEndKvm: Bool) -> Bool {
    if let taintedSince { return order.surely(moment, before: taintedSince) }
    guard let end else { return close != .lost }
    if let endKvm { return order.surely(moment, before: endKvm) }
    if hasEndKvm && endRet == nil && overBy == nil { return true }
    return order.surely(moment, before: end)
  }

  // `mmu_invalidate_seq` is bumped before the count goes down and in the same interval: the recordings show the value from before the
  // bump after `mn_invalidate_end_kvm` (docs/evidence.md, "What the recordings say otherwise").

  func surelyBumped(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(endRet, before: moment)
  }

  func surelyNotBumped(before moment: Moment, _ order: MomentOrder, hasEndKvm: Bool) -> Bool {
    surelyNotDown(before: moment, order, hasEndKvm: hasEndKvm)
  }

  var row: (Int32) -> Invalidation {
    { vm in
      Invalidation(
        id: self.id, vm: vm, task: self.task, range: self.range, mnEvent: self.mnEvent,
        hitsMemslot: self.hitsMemslot, startEvent: self.start?.id, walkEvent: self.walk?.id,
        startRetEvent: self.startRet?.id, endEvent: self.end?.id, endRetEvent: self.endRet?.id,
        selfLookupEvent: self.selfLookup, close: self.close ?? .open,
        durationNs: self.start.flatMap { start in self.endRet.map { $0.time - start.time } })
    }
  }
}
