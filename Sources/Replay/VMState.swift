// A VM as the replay follows it.

import KVMEvents

/// One `struct kvm`, from its creation (or the recording's begin) to its end.
final class VMState {
  let id: Int32
  let firstEvent: EventID
  var lastEvent: EventID
  var kvm: KVMPointer?
  var mn: NotifierPointer?
  var mm: MMPointer?
  let isCreatedInTrace: Bool
  var isGone = false
  /// An invalidation may be open of which no event is recorded: from before the recording, or its start was lost.
  var mayHideInvalidations: Bool
  /// The end of the last gap: what was hidden in one was up by then. nil: no gap yet.
  var gapEnd: Moment?
  /// The invalidations that an undecided test can still need, in the order of their first event.
  var invalidations: [InvalidationState] = []
  var pruneAt = 64
  var caches: [CacheState] = []
  /// Tests that wait for the end of an invalidation that may have been lost.
  var deferred: [RetryEvidence] = []
  var openRefreshes: [RefreshState] = []
  var memslots = MemslotTable()
  /// The CPUs on which an event named this VM, one bit each.
  private var cpus: [UInt64] = []

  init(id: Int32, firstEvent: EventID, isCreatedInTrace: Bool) {
    self.id = id
    self.firstEvent = firstEvent
    lastEvent = firstEvent
    self.isCreatedInTrace = isCreatedInTrace
    mayHideInvalidations = !isCreatedInTrace
    memslots.isComplete = isCreatedInTrace
  }

  @inline(__always)
  func see(_ event: RecordedEvent) {
    lastEvent = event.id
    let word = Int(event.cpu >> 6)
    while cpus.count <= word { cpus.append(0) }
    cpus[word] |= 1 << UInt64(event.cpu & 63)
  }

  func wasSeen(on cpu: Int32) -> Bool {
    let word = Int(cpu >> 6)
    return word < cpus.count && cpus[word] >> UInt64(cpu & 63) & 1 == 1
  }

  /// Something unseen may be in flight: a recorded count can settle it.
  var isInDoubt: Bool { mayHideInvalidations || invalidations.contains { $0.isInDoubt } }

  /// All its caches were deactivated and nothing but that was its last (evidence, rule 11: no probe shows a VM's end).
  var looksDestroyed: Bool {
    !caches.isEmpty && caches.allSatisfy { $0.isActive == false }
  }

  var row: VirtualMachine {
    VirtualMachine(
      id: id, kvm: kvm, mn: mn, mm: mm, firstEvent: firstEvent, lastEvent: lastEvent,
      createdInTrace: isCreatedInTrace, gone: isGone)
  }
}
