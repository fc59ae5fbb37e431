// A VM as the replay knows it at the end; a row of the table `vm`.

import KVMEvents

/// A VM: a kvm pointer until it is initialised again (then the next VM begins).
package struct VirtualMachine: Sendable {
  package let id: Int32
  package let kvm: KVMPointer?
  package let mn: NotifierPointer?
  package let mm: MMPointer?
  package let firstEvent: EventID
  package let lastEvent: EventID
  /// Its creation is in the recording, so its memslots are all known.
  package let createdInTrace: Bool
  /// All its caches were deactivated and its pointer did not come again, or was initialised again.
  package let gone: Bool
  /// How far recorded values of `mmu_invalidate_seq` moved beyond what the recorded hooks can explain.
  package let unexplainedMoves: Int64

  package init(
    id: Int32, kvm: KVMPointer?, mn: NotifierPointer?, mm: MMPointer?, firstEvent: EventID, lastEvent: EventID,
    createdInTrace: Bool, gone: Bool, unexplainedMoves: Int64 = 0
  ) {
    self.id = id
    self.kvm = kvm
    self.mn = mn
    self.mm = mm
    self.firstEvent = firstEvent
    self.lastEvent = lastEvent
    self.createdInTrace = createdInTrace
    self.gone = gone
    self.unexplainedMoves = unexplainedMoves
  }
}
