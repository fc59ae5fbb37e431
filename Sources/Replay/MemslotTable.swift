// A VM's memslots: which invalidated ranges bump `mmu_invalidate_seq`.

import KVMEvents

/// The memslots in force, by slot number.
struct MemslotTable {
  private var slots: [UInt32: Memslot] = [:]
  /// The changes under way: between the entry and the return of `__kvm_set_memory_region()`.
  private var changing: [(thread: ThreadNumber, slot: UInt32, wanted: Memslot?)] = []
  /// Every change since the VM's creation is in the recording.
  var isComplete = true
  /// The last recorded `generation` of the memslots: the same again after a gap shows that none changed in it.
  private var generation: UInt64?
  private var isInDoubt = false

  /// `kvm_handle_hva_range()`: whether a range meets a memslot; nil where the memslots are not all known or just changing.
  func hits(_ range: HVARange) -> Bool? {
    let isHit = slots.values.contains { Self.range($0).overlaps(range) }
    let canChange = changing.contains { change in
      let old = slots[change.slot].map { Self.range($0).overlaps(range) } ?? false
      let new = change.wanted.map { Self.range($0).overlaps(range) } ?? false
      return old != new
    }
    if canChange || isInDoubt { return nil }
    return isHit ? true : isComplete ? false : nil
  }

  mutating func begin(thread: ThreadNumber, slot: UInt32, wanted: Memslot?) {
    changing.removeAll { $0.thread == thread }
    changing.append((thread, slot, wanted))
  }

  /// The call returned. Returns the row that ended, if one did.
  mutating func finish(thread: ThreadNumber, ret: Int64, at event: EventID) -> Memslot? {
    guard let index = changing.firstIndex(where: { $0.thread == thread }) else { return nil }
    let change = changing.remove(at: index)
    guard ret == 0 else { return nil }
    let old = slots[change.slot]
    slots[change.slot] = change.wanted
    generation = nil
    return old.map { Self.ended($0, at: event) }
  }

  mutating func see(generation new: UInt64) {
    if isInDoubt, generation == new { isInDoubt = false }
    if !isInDoubt { generation = new }
  }

  /// Events were dropped: a change may be among them. Those under way stay: their returns may still come.
  mutating func doubt() { isInDoubt = true }

  /// The rows still in force, by slot number.
  var remaining: [Memslot] { slots.values.sorted { $0.slot < $1.slot } }

  private static func range(_ slot: Memslot) -> HVARange {
    HVARange(start: slot.uhva, end: UHVA(rawValue: slot.uhva.rawValue &+ slot.size))
  }

  private static func ended(_ slot: Memslot, at event: EventID) -> Memslot {
    Memslot(
      vm: slot.vm, slot: slot.slot, gpa: slot.gpa, size: slot.size, uhva: slot.uhva, flags: slot.flags,
      setEvent: slot.setEvent, endEvent: event)
  }
}
