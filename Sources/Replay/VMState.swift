// A VM as the replay follows it.

import KVMEvents

/// One `struct kvm`, from its creation (or the recording's begin) to its end.
final class VMState {
  let id: Int32
  let firstEvent: EventID
  var lastEvent: EventID
  /// The last `gpc_deactivate` of a cache of its own.
  var lastDeactivation: EventID?
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
  /// Low, since every test and every check walks what is left.
  var pruneAt = VMState.pruneMin
  static let pruneMin = 2
  var caches: [CacheNumber] = []
  /// Tests that wait for the end of an invalidation that may have been lost.
  var deferred: [RetryEvidence] = []
  var openRefreshes: [RefreshSlot] = []
  var memslots = MemslotTable()
  /// The operations since the last quiet point, where they are recorded.
  var window = OpenWindow()
  /// Events were dropped while it lived: only since then can an invalidation be in doubt.
  private var hasMetLoss = false

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
  }

  /// Events were dropped: an invalidation may be open unseen, and the end of each open one may be among them. Its caches are tainted apart.
  func meetLoss(since gap: Moment?) {
    hasMetLoss = true
    mayHideInvalidations = true
    memslots.doubt()
    window.cast(.lostEvents)
    for invalidation in invalidations where invalidation.close == nil {
      invalidation.taintedSince = invalidation.taintedSince ?? gap
      invalidation.contractChecks = []
    }
  }

  /// Something unseen may be in flight: a recorded count can settle it.
  var isInDoubt: Bool { mayHideInvalidations || (hasMetLoss && invalidations.contains { $0.isInDoubt }) }

  var row: VirtualMachine {
    VirtualMachine(
      id: id, kvm: kvm, mn: mn, mm: mm, firstEvent: firstEvent, lastEvent: lastEvent,
      createdInTrace: isCreatedInTrace, gone: isGone)
  }
}
