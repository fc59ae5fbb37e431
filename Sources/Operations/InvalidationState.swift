// An invalidation while it is needed: the intervals in which its steps lie.

import KVMEvents
import Results

/// One invalidation of one VM, from its start hook (or its first known event) until nothing undecided can need it.
package final class InvalidationState {
  package let id: Int64
  package let vm: VMState
  package let thread: ThreadNumber
  package let task: TaskID
  package let range: HVARange
  package let mnEvent: UInt32?
  /// Its first recorded event.
  let firstEvent: EventID
  /// The hooks' events as they come. `start` is nil for an invalidation that was open when the recording (or a gap)
  /// ended.
  package let start: Moment?
  /// `gfn_to_pfn_cache_invalidate_start()`, in the hook given by `walkIsInEndHook`.
  package internal(set) var walk: Moment?
  /// nil: the entry of the hook around the walk is not recorded.
  package internal(set) var walkIsInEndHook: Bool?
  package internal(set) var startRet: Moment?
  package internal(set) var end: Moment?
  package internal(set) var endKvm: Moment?
  package internal(set) var endRet: Moment?
  /// If its start is not recorded: it was up by then (nil: before the recording).
  let upBy: Moment?
  package internal(set) var hitsMemslot: Bool?
  /// `mmu_invalidate_seq` as the start hook's probe read it.
  package internal(set) var recordedSeq: UInt64?
  /// The lookup whose own fault caused it.
  package internal(set) var selfLookup: EventID?
  /// It runs on top of a refresh or a check of its thread.
  var isNested = false
  /// From this moment on its end may be missing: events were dropped, or its thread began another one (evidence, rule
  /// 13). nil again if its own end is recorded after all.
  package internal(set) var doubtedSince: Moment?
  /// Events were dropped since it began: the next event of its thread may belong to another invalidation.
  var isTorn = false
  /// Over, by its end or otherwise; nil while it is open.
  package internal(set) var close: Invalidation.Close?
  /// A recorded fact after which it is over, if its own end is not recorded.
  package internal(set) var overBy: Moment?

  init(
    id: Int64, vm: VMState, thread: ThreadNumber, task: TaskID, range: HVARange, mnEvent: UInt32?, firstEvent: EventID,
    start: Moment?, upBy: Moment?
  ) {
    self.id = id
    self.vm = vm
    self.thread = thread
    self.task = task
    self.range = range
    self.mnEvent = mnEvent
    self.firstEvent = firstEvent
    self.start = start
    self.upBy = upBy
  }

  /// It was open when the recording began.
  package var isFromBefore: Bool { start == nil && upBy == nil }

  /// Its end may be missing.
  package var isInDoubt: Bool { close == nil && end == nil && doubtedSince != nil }

  /// The next event of its thread may belong to another invalidation: no window of it extends further.
  package var mayBeCutShort: Bool { isTorn }

  /// The kernel's test, `start <= uhva < end`, for the page (evidence, rule 9).
  package func overlaps(page: UHVA) -> Bool { range.contains(page) }

  /// Only these free pages; a change of protection (`MMU_NOTIFY_PROTECTION_VMA`, `_PAGE`) does not. Unknown kinds count
  /// as removing.
  package var removesMappings: Bool { mnEvent != 2 && mnEvent != 3 }

  /// Whether it removed a page that a lookup between these moments had read: `certain` if its window (at function
  /// level: the hook itself) began after the lookup, `possible` if they certainly overlap (at function level: if it
  /// began during the lookup), else nil, also if they may overlap only by a wider interval or a larger delta (evidence,
  /// rules 8, 18 and 22).
  package func removal(
    ofLookup lookup: Moment, to lookupRet: Moment, isOfFunctionLevel: Bool, _ order: MomentOrder
  ) -> Finding.Certainty? {
    guard removesMappings, let startRet, let end, let begin = isOfFunctionLevel ? start : startRet else { return nil }
    if order.surely(lookupRet, before: begin) { return mayBeSplit || mnEvent == nil ? .possible : .certain }
    let overlaps = order.surely(begin, before: lookupRet) && order.surely(startRet, before: end)
    let other = isOfFunctionLevel ? begin : end
    return overlaps && order.surely(lookup, before: other) ? .possible : nil
  }

  /// Also sent when a huge page, or a VMA within one, is split: `MMU_NOTIFY_CLEAR` over exactly one aligned huge page,
  /// with nothing freed (evidence, rule 22).
  package var mayBeSplit: Bool {
    guard mnEvent == 1 else { return false }
    let size = range.end.rawValue - range.start.rawValue
    return (size == 1 << 21 || size == 1 << 30) && range.start.rawValue % size == 0
  }

  /// The count goes up in (start hook's entry, the walk's begin); without that event in the start hook, before the hook
  /// returns. A lost start lies in a gap. One from before the recording is never certain: verdicts that depend on it
  /// are unknown (evidence, rule 10).
  package func surelyUp(before moment: Moment, _ order: MomentOrder) -> Bool {
    let walkInStartHook = walkIsInEndHook == false ? walk : nil
    return order.surely(walkInStartHook ?? (start == nil ? upBy : startRet), before: moment)
  }

  package func surelyNotUp(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(moment, before: start)
  }

  /// The count goes down in (`mn_invalidate_end_kvm`, the end hook's return); without that event, after the end hook's
  /// entry.
  package func surelyDown(before moment: Moment, _ order: MomentOrder) -> Bool {
    order.surely(endRet ?? overBy, before: moment)
  }

  /// - Parameter hasEndKvm: the recording has `mn_invalidate_end_kvm`, so while it is missing the count is still up.
  package func surelyNotDown(before moment: Moment, _ order: MomentOrder, hasEndKvm: Bool) -> Bool {
    guard let end else {
      if let doubtedSince { return order.surely(moment, before: doubtedSince) }
      return close != .lost
    }
    if let endKvm { return order.surely(moment, before: endKvm) }
    if hasEndKvm && endRet == nil && overBy == nil && !isTorn { return true }
    return order.surely(moment, before: end)
  }

  // `mmu_invalidate_seq` is bumped before the count goes down and in the same interval: the recordings show the old
  // value after `mn_invalidate_end_kvm` (docs/evidence.md, "Where the recordings disagree with a reading of the code").

  package func surelyBumped(before moment: Moment, _ order: MomentOrder) -> Bool {
    surelyDown(before: moment, order)
  }

  package func surelyNotBumped(before moment: Moment, _ order: MomentOrder, hasEndKvm: Bool) -> Bool {
    surelyNotDown(before: moment, order, hasEndKvm: hasEndKvm)
  }

  /// How two moments of one check lie in the contract window, between the return of the start hook and the entry of the
  /// end hook (evidence, rule 7).
  package enum Inside {
    case outside, partly, inside
    /// Its end is still to come.
    case insideSoFar
  }

  package func window(around entry: Moment, _ ret: Moment, _ order: MomentOrder) -> Inside {
    if order.surely(end ?? overBy, before: entry) { return .outside }
    guard order.surely(startRet, before: entry) else {
      // Without a return the start hook is still open, unless that return, or the whole hook, is not recorded.
      let isLater = startRet.map { order.surely(ret, before: $0) } ?? (start != nil && end == nil && !isTorn)
      return isLater ? .outside : .partly
    }
    if let end { return order.surely(ret, before: end) ? .inside : .partly }
    return close == nil && !mayBeCutShort ? .insideSoFar : .partly
  }

  /// The events of its hooks, for a finding's proof.
  package var proof: [EventID] { [start, walk, startRet, end, endRet].compactMap { $0?.id } }

  /// Its last known event.
  package var lastKnown: Moment? {
    [start, walk, startRet, end, endKvm, endRet].compactMap { $0 }.max { $0.id < $1.id }
  }

  package var row: Invalidation {
    Invalidation(
      id: id, vm: vm.id, task: task, range: range, mnEvent: mnEvent, hitsMemslot: hitsMemslot, startEvent: start?.id,
      walkEvent: walk?.id, startRetEvent: startRet?.id, endEvent: end?.id, endRetEvent: endRet?.id,
      selfLookupEvent: selfLookup, close: close ?? .open,
      durationNs: start.flatMap { start in endRet.map { $0.time - start.time } })
  }
}
