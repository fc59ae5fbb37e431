// A VM's memslots: which invalidated ranges bump `mmu_invalidate_seq`.

import KVMEvents

/// The memslots in force, by slot number.
package struct MemslotTable {
  private var slots: [UInt32: Memslot] = [:]
  /// The changes under way: between the entry and the return of `__kvm_set_memory_region()`.
  private var changing: [(thread: ThreadNumber, slot: UInt32, wanted: Memslot?)] = []
  /// Every change since the VM's creation is in the recording.
  var isComplete = true
  /// Changes that took effect.
  private var updateCount: UInt64 = 0
  /// The last recorded `generation` of the memslots: the same again after a gap shows that none changed in it.
  private var generation: UInt64?
  /// A change may have been lost.
  private var isInDoubt = false
  /// How often a change began or ended: the same again shows that none was under way in between, if none is now.
  package private(set) var changeCount = 0

  /// An update moves `generation` by the number of address spaces; x86 has two.
  private static let generationStep: UInt64 = 2
  /// `KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS`.
  package static let updateInProgress: UInt64 = 1 << 63

  package var isChanging: Bool { !changing.isEmpty }

  /// `kvm_handle_hva_range()`: whether a range meets a memslot; nil where the memslots are not all known or just changing.
  func hits(_ range: HVARange) -> Bool? {
    let isHit = slots.values.contains { Self.range($0).overlaps(range) }
    let canChange = changing.contains { change in
      let old = slots[change.slot].map { Self.range($0).overlaps(range) } ?? false
      let new = change.wanted.map { Self.range($0).overlaps(range) } ?? false
      return old != new
    }
    if canChange || isInDoubt { return nil }
    // Without any change recorded their probe may be missing.
    return isHit ? true : isComplete && updateCount > 0 ? false : nil
  }

  mutating func begin(thread: ThreadNumber, slot: UInt32, wanted: Memslot?) {
    changeCount += 1
    // What became of the thread's former change is not recorded.
    if changing.contains(where: { $0.thread == thread }) { doubt() }
    changing.removeAll { $0.thread == thread }
    changing.append((thread, slot, wanted))
  }

  /// The call returned. Returns the row that ended, if one did.
  mutating func finish(thread: ThreadNumber, ret: Int64, at event: EventID) -> Memslot? {
    guard let index = changing.firstIndex(where: { $0.thread == thread }) else { return nil }
    changeCount += 1
    let change = changing.remove(at: index)
    guard ret == 0 else { return nil }
    let old = slots[change.slot]
    if change.wanted.map({ !$0.isSame(as: old) }) ?? true { updateCount += 1 }
    slots[change.slot] = change.wanted
    generation = nil
    return old.map { Self.ended($0, at: event) }
  }

  /// A recorded `generation` of the memslots. It counts the updates since the VM's creation: if as many are recorded, all are known.
  mutating func see(generation new: UInt64) {
    guard changing.isEmpty, new & Self.updateInProgress == 0 else { return }
    if updateCount > 0, new == Self.generationStep * updateCount {
      isComplete = true
      isInDoubt = false
    }
    if isInDoubt, generation == new { isInDoubt = false }
    if !isInDoubt { generation = new }
  }

  /// Events were dropped: a change may be among them, and so may be the returns of those under way.
  mutating func doubt() { isInDoubt = true }

  /// The rows still in force, by slot number.
  package var remaining: [Memslot] { slots.values.sorted { $0.slot < $1.slot } }

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
  /// `__kvm_set_memory_region()` does nothing where nothing changes.
  fileprivate func isSame(as other: Memslot?) -> Bool {
    guard let other else { return false }
    return gpa == other.gpa && size == other.size && uhva == other.uhva && flags == other.flags
  }
}
