// A memslot between two changes; a row of the table `memslot`.

import KVMEvents

/// A memslot's mapping from its `KVM_SET_USER_MEMORY_REGION` on, until the next one of its number.
package struct Memslot: Sendable {
  package let vm: Int32
  /// `slot`: the address space in the upper 16 bits.
  package let slot: UInt32
  package let gpa: GPA
  /// Bytes; never 0 (a deletion ends the row before).
  package let size: UInt64
  package let uhva: UHVA
  package let flags: UInt32
  /// The event that set it.
  package let setEvent: EventID
  /// The event that changed or deleted it; nil: in force to the end.
  package let endEvent: EventID?

  package init(
    vm: Int32, slot: UInt32, gpa: GPA, size: UInt64, uhva: UHVA, flags: UInt32, setEvent: EventID, endEvent: EventID?
  ) {
    self.vm = vm
    self.slot = slot
    self.gpa = gpa
    self.size = size
    self.uhva = uhva
    self.flags = flags
    self.setEvent = setEvent
    self.endEvent = endEvent
  }
}
