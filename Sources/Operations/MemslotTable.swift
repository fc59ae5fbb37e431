// A VM's memslots: which invalidated ranges bump `mmu_invalidate_seq`.

import KVMEvents
import Results

/// The memslots in use, by slot number.
package struct MemslotTable {
  private var slots: [UInt32: Memslot] = [:]
  var count: Int { slots.count }
  /// The changes in progress: between the entry and the return of `__kvm_set_memory_region()`.
  private var changing: [(thread: ThreadNumber, slot: UInt32, wanted: Memslot?)] = []
  /// The last ones that took effect: clocks differ, so an invalidation that seems to come later may have seen the
  /// memslots before them.
  private var recent: [(ret: Moment, old: Memslot?, new: Memslot?)] = []
  private static let recentMax = 8
  /// All of them in one, where they are more than `fewMax`; made when an invalidation asks for it.
  private var covered: [HVARange] = []
  /// A list of so few is passed over faster.
  private static let fewMax = 16
  /// `slots_lock` admits one at a time; others wait, or their returns are missing.
  private static let changingMax = 64
  /// Every change since the VM's creation is in the recording.
  private var isComplete = false
  /// How often `kvm_swap_active_memslots()` installed a new set.
  private var updateCount: UInt64 = 0
  /// By how much the recorded `generation` was ahead of the updates recorded so far, when it was last seen without
  /// doubt. While it stays the same, no update is missing; 0 shows that all since the VM's creation are recorded.
  private var generationLead: UInt64?
  /// The last event that showed that.
  private var knownAt: EventID = 0
  /// A change may have been lost.
  private var isInDoubt = false
  /// `__kvm_set_memory_region()` may be in progress without a recorded entry. It holds `slots_lock`: over with the next
  /// whole one.
  private(set) var mayHideChange = true
  /// How often a change began or ended: an equal value shows that none was in progress in between, if none is now.
  package private(set) var changeCount = 0

  /// A new set moves `generation` by the number of address spaces; x86 has two.
  private static let generationStep: UInt64 = 2
  /// `KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS`.
  package static let updateInProgress: UInt64 = 1 << 63

  /// The return of the last change, whatever its result.
  private var lastRet: Moment?

  /// A change may be in progress at this moment: clocks differ.
  func mayBeChanging(at moment: Moment, _ order: MomentOrder) -> Bool {
    !changing.isEmpty || lastRet.map { !order.surely($0, before: moment) } ?? false
  }

  /// `kvm_handle_hva_range()`: whether a range overlaps a memslot; nil if the memslots are not all known or are just
  /// changing.
  /// - Parameters:
  ///   - start: when its invalidation began; nil: not known. (While it is open no memslot changes.)
  ///   - areAllProbed: the recording has the calls' entries and returns.
  mutating func hits(_ range: HVARange, since start: Moment?, _ order: MomentOrder, areAllProbed: Bool) -> Bool? {
    if canChange(range) || isInDoubt { return nil }
    for change in recent where !order.surely(change.ret, before: start) {
      if Self.meets(change.old, range) != Self.meets(change.new, range) { return nil }
    }
    if isCovered(range) { return true }
    return isComplete && areAllProbed ? false : nil
  }

  private mutating func isCovered(_ range: HVARange) -> Bool {
    if slots.count <= Self.fewMax { return slots.values.contains { Self.range($0).overlaps(range) } }
    if covered.isEmpty { covered = Self.union(slots.values.map(Self.range)) }
    var (low, high) = (0, covered.count)
    while low < high {
      let middle = (low + high) / 2
      if covered[middle].end.rawValue <= range.start.rawValue { low = middle + 1 } else { high = middle }
    }
    return low < covered.count && covered[low].overlaps(range)
  }

  /// Disjoint and sorted. A range that wraps or is empty covers nothing of its own.
  private static func union(_ ranges: [HVARange]) -> [HVARange] {
    var union: [HVARange] = []
    let real = ranges.filter { $0.start.rawValue < $0.end.rawValue }
    for range in real.sorted(by: { $0.start.rawValue < $1.start.rawValue }) {
      if let last = union.last, range.start.rawValue <= last.end.rawValue {
        union[union.count - 1] = last.hull(range)
      } else {
        union.append(range)
      }
    }
    return union
  }

  /// A change is in progress that decides whether the range overlaps a memslot.
  func canChange(_ range: HVARange) -> Bool {
    changing.contains { Self.meets(slots[$0.slot], range) != Self.meets($0.wanted, range) }
  }

  /// The change that set the memslot of this address; the last one, if several have it.
  package func setEvent(of uhva: UHVA) -> EventID? {
    slots.values.lazy.filter { Self.range($0).contains(uhva) }.map(\.setEvent).max()
  }

  mutating func begin(thread: ThreadNumber, slot: UInt32, wanted: Memslot?) {
    changeCount += 1
    // The result of the thread's previous change is not recorded.
    if changing.contains(where: { $0.thread == thread }) || changing.count == Self.changingMax { doubt() }
    changing.append((thread, slot, wanted))
  }

  /// The call returned. Returns the row that ended, if one did.
  mutating func finish(thread: ThreadNumber, ret: Int64, at moment: Moment) -> Memslot? {
    guard let index = changing.firstIndex(where: { $0.thread == thread }) else { return nil }
    changeCount += 1
    mayHideChange = false
    lastRet = moment
    let change = changing.remove(at: index)
    guard ret == 0 else { return nil }
    let old = slots[change.slot]
    updateCount += Self.swapCount(from: old, to: change.wanted)
    slots[change.slot] = change.wanted
    covered = []
    if recent.count == Self.recentMax { recent.removeFirst() }
    recent.append((moment, old, change.wanted))
    return old.map { Self.ended($0, at: moment.id) }
  }

  /// A recorded `generation` of the memslots: it counts the updates since the VM's creation.
  /// - Returns: since when memslots were changed by a call whose entry is not recorded; nil: they were not.
  mutating func see(generation new: UInt64, at event: EventID) -> EventID? {
    guard changing.isEmpty, new & Self.updateInProgress == 0 else { return nil }
    let lead = new &- Self.generationStep &* updateCount
    if lead == 0 && updateCount > 0 {
      isComplete = true
      isInDoubt = false
      generationLead = 0
    } else if generationLead ?? lead == lead {
      isInDoubt = false
      isComplete = false
      generationLead = lead
    } else {
      // More updates than recorded, or one that is just taking effect: then the lead returns.
      let wasKnown = !isInDoubt
      isInDoubt = true
      return wasKnown && mayHideChange ? knownAt : nil
    }
    knownAt = event
    return nil
  }

  /// Events were dropped: a change may be among them, or the returns of those in progress.
  mutating func doubt() {
    isInDoubt = true
    mayHideChange = true
    changing.removeAll()
  }

  /// The VM's creation is in the recording.
  mutating func begin() {
    isComplete = true
    mayHideChange = false
  }

  /// The rows still in use, by slot number.
  package var remaining: [Memslot] { slots.values.sorted { $0.slot < $1.slot } }

  /// `kvm_set_memslot()`: to delete or to move a slot it is made invalid first, in a separate set. Without a change
  /// there is no new set.
  private static func swapCount(from old: Memslot?, to new: Memslot?) -> UInt64 {
    guard let new else { return 2 }
    guard let old else { return 1 }
    return new.isSame(as: old) ? 0 : new.gpa == old.gpa ? 1 : 2
  }

  private static func meets(_ slot: Memslot?, _ range: HVARange) -> Bool {
    slot.map { Self.range($0).overlaps(range) } ?? false
  }

  private static func range(_ slot: Memslot) -> HVARange {
    HVARange(start: slot.uhva, end: UHVA(rawValue: slot.uhva.rawValue &+ slot.size))
  }

  private static func ended(_ slot: Memslot, at event: EventID) -> Memslot {
    Memslot(
      vm: slot.vm, slot: slot.slot, gpa: slot.gpa, size: slot.size, uhva: slot.uhva, flags: slot.flags,
      setEvent: slot.setEvent, endEvent: event)
  }
}

extension Memslot {
  /// `__kvm_set_memory_region()` does nothing if nothing changes.
  fileprivate func isSame(as other: Memslot) -> Bool {
    gpa == other.gpa && size == other.size && uhva == other.uhva && flags == other.flags
  }
}
