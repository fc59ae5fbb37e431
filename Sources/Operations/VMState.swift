// A VM as the recording shows it.

import KVMEvents
import Results

/// One `struct kvm`, from its creation (or the recording's begin) to its end.
package final class VMState {
  package let id: Int32
  package let kvm: KVMPointer
  package let firstEvent: EventID
  package internal(set) var lastEvent: EventID
  /// The last `gpc_deactivate` of a cache of its own.
  var lastDeactivation: EventID?
  package private(set) var mn: NotifierPointer?
  package private(set) var mm: MMPointer?
  /// The first event that named its mm.
  private var mmEvent: EventID?
  package private(set) var isCreatedInTrace: Bool
  /// Where in `struct kvm` the cache lies whose initialisation is taken for the VM's creation.
  private let creationOffset: UInt64?
  package internal(set) var isGone = false
  /// An unrecorded invalidation may be in flight: from before the recording, or its start was lost.
  package internal(set) var mayHideInvalidations: Bool
  /// Since this moment none can be: a recorded count showed it. nil: since its creation, or not yet.
  var knownSince: Moment?
  /// By how much a recorded count was above what the recorded invalidations explain, until its cause is known.
  var unexplainedMost: UInt64?
  /// The end of the last gap: invalidations hidden in one were up by then. nil: no gap yet.
  var gapEnd: Moment? { gapEnds.last(since: firstEvent) }
  private let gapEnds: GapEnds
  /// It had an event since the last gap.
  var isTouched = false
  /// The invalidations that something undecided can still need, in the order of their first event.
  package internal(set) var invalidations: [InvalidationState] = []
  /// Of these, those that are not over.
  var openCount = 0
  /// Low, since every test and every check walks the rest.
  package internal(set) var pruneAt = VMState.pruneMin
  static let pruneMin = 2
  package internal(set) var caches: [CacheNumber] = []
  var openRefreshes: [RefreshSlot] = []
  package internal(set) var memslots = MemslotTable()
  /// The operations since the last quiet point, if they are recorded.
  var window = OpenWindow()
  /// Only since an end was found missing can an invalidation be in doubt.
  private var mayLackEnds = false

  /// - Parameter creationOffset: see there; nil: it is older than the recording.
  init(id: Int32, kvm: KVMPointer, firstEvent: EventID, creationOffset: UInt64?, gapEnds: GapEnds) {
    self.id = id
    self.kvm = kvm
    self.firstEvent = firstEvent
    lastEvent = firstEvent
    self.gapEnds = gapEnds
    self.creationOffset = creationOffset
    isCreatedInTrace = creationOffset != nil
    mayHideInvalidations = creationOffset == nil
    if creationOffset != nil { memslots.begin() }
  }

  /// A hook names its notifier, which comes after `arch` in `struct kvm`: a cache after it belongs to a vCPU, and does
  /// not show the VM's creation.
  func tie(to notifier: NotifierPointer) {
    guard mn == nil else { return }
    mn = notifier
    if let creationOffset, creationOffset >= notifier.rawValue &- kvm.rawValue {
      isCreatedInTrace = false
      mayHideInvalidations = true
      memslots.doubt()
    }
  }

  func see(mm: MMPointer?, at event: EventID) {
    guard let mm, mm != self.mm else { return }
    (self.mm, mmEvent) = (mm, event)
  }

  /// Both are in one address space at that event: an mm stays as long as a VM holds it.
  package func sharesMM(with other: VMState, at event: EventID) -> Bool {
    if other === self { return true }
    guard let mm, mm == other.mm, let mmEvent, let otherEvent = other.mmEvent else { return false }
    return mmEvent <= event && otherEvent <= event && !isGone && !other.isGone
  }

  @inline(__always)
  func see(_ event: borrowing RecordedEvent) {
    lastEvent = event.id
  }

  /// Events were dropped: an unseen invalidation may be open, and the end of each open one may be among them.
  func meetLoss(since gap: Moment) {
    mayLackEnds = true
    mayHideInvalidations = true
    knownSince = nil
    unexplainedMost = nil
    memslots.doubt()
    window.cast(.lostEvents)
    for invalidation in invalidations where invalidation.close == nil {
      invalidation.doubtedSince = invalidation.doubtedSince ?? gap
      invalidation.isTorn = true
    }
  }

  /// Its thread does what it rarely does before its end.
  func doubt(_ invalidation: InvalidationState, since moment: Moment) {
    mayLackEnds = true
    invalidation.doubtedSince = invalidation.doubtedSince ?? moment
  }

  /// A recorded count showed before this moment that nothing unseen is in flight.
  func endDoubt(at moment: Moment) {
    mayHideInvalidations = false
    knownSince = moment
  }

  /// An unrecorded invalidation may have been in flight at this moment or later.
  package func mayHideInvalidations(since moment: Moment, _ order: MomentOrder) -> Bool {
    if mayHideInvalidations { return true }
    guard let knownSince else { return false }
    return !order.surely(knownSince, before: moment)
  }

  /// Events of it may have been lost.
  package var hasGap: Bool { gapEnd != nil || mayLackEnds }
  /// It was created in the recording, with no gap since: all its invalidations are recorded.
  var wasAllRecorded: Bool { isCreatedInTrace && knownSince == nil && !mayHideInvalidations }

  /// Something unseen may be in flight: a recorded count can settle it.
  var isInDoubt: Bool { mayHideInvalidations || (mayLackEnds && invalidations.contains { $0.isInDoubt }) }

  package func row(unexplainedMoves: Int64) -> VirtualMachine {
    VirtualMachine(
      id: id, kvm: kvm, mn: mn, mm: mm, firstEvent: firstEvent, lastEvent: lastEvent,
      createdInTrace: isCreatedInTrace, gone: isGone, unexplainedMoves: unexplainedMoves)
  }
}
