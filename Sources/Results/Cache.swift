// A `gfn_to_pfn_cache` as the replay knows it at the end; a row of the table `cache`.

import KVMEvents

/// A cache: a gpc pointer and the epoch since its `kvm_gpc_init` (pointers are reused).
package struct Cache: Sendable {
  package let id: Int32
  /// nil: no event tied it to a VM.
  package let vm: Int32?
  package let gpc: GPCPointer
  /// 0 if it existed before its first recorded `gpc_init`, then 1, 2, …
  package let epoch: Int32
  package let firstEvent: EventID
  package let lastEvent: EventID
  package let lastGPA: GPA?
  package let lastUHVA: UHVA?

  package init(
    id: Int32, vm: Int32?, gpc: GPCPointer, epoch: Int32, firstEvent: EventID, lastEvent: EventID, lastGPA: GPA?,
    lastUHVA: UHVA?
  ) {
    self.id = id
    self.vm = vm
    self.gpc = gpc
    self.epoch = epoch
    self.firstEvent = firstEvent
    self.lastEvent = lastEvent
    self.lastGPA = lastGPA
    self.lastUHVA = lastUHVA
  }
}
