// A refresh in progress and its rounds.

import KVMEvents
import Results

/// One round of the retry loop, as far as it is known.
package struct RoundState {
  package let number: Int32
  /// The snapshot of the sequence lies after this …
  package let snapshotLow: Moment
  /// … and before this: where `gpc->lock` is dropped at the latest.
  package internal(set) var snapshotHigh: Moment?
  package let loop: Moment?
  package internal(set) var lookup: Moment?
  package internal(set) var lookupRet: Moment?
  /// The event at the retry test, if there is one.
  package internal(set) var test: Moment?
  package internal(set) var uhva: UHVA?
  /// What the lookup returned.
  package internal(set) var pfn: PFN?
  /// `mn_active_invalidate_count` as the test's probe read it, between the test and the next event of its thread.
  package internal(set) var recordedCount: UInt64?
  /// `mmu_invalidate_seq` as the same probe read it.
  package internal(set) var recordedSeq: UInt64?
  /// How far the sequence had moved since the snapshot when the same probe read it.
  package internal(set) var recordedMoves: UInt64?
  /// Events of its own may be missing: dropped, or from before the recording.
  package internal(set) var isTorn: Bool
  /// Events of other threads were dropped while it ran.
  package var meetsLoss = false

  init(number: Int32, snapshotLow: Moment, snapshotHigh: Moment?, loop: Moment?, uhva: UHVA?, isTorn: Bool) {
    self.number = number
    self.snapshotLow = snapshotLow
    self.snapshotHigh = snapshotHigh
    self.loop = loop
    self.uhva = uhva
    self.isTorn = isTorn
  }

  /// The retry test comes after this: its own event, else the lookup's return (evidence, rule 18). nil: neither is
  /// recorded.
  package var testLow: Moment? { test ?? lookupRet }

  /// Its lookup returned an error: it is the last of its refresh.
  var hasFailed: Bool { test == nil && pfn?.isError ?? false }

  /// Its first recorded event.
  package var firstEvent: EventID? { (loop ?? lookup ?? test)?.id }

  /// The events of the round, for a finding's proof.
  package var proof: [EventID] { [loop, lookup, lookupRet, test].compactMap { $0?.id } }

  mutating func beginLookup(at moment: Moment, _ uhva: UHVA?) {
    lookup = moment
    snapshotHigh = snapshotHigh ?? moment
    self.uhva = self.uhva ?? uhva
  }

  /// False: it belongs to another one.
  mutating func endLookup(at moment: Moment, _ pfn: PFN?) -> Bool {
    guard lookup != nil && lookupRet == nil else { return false }
    lookupRet = moment
    self.pfn = pfn
    return true
  }

  mutating func reachTest(_ event: borrowing RecordedEvent, at moment: Moment) {
    test = moment
    snapshotHigh = snapshotHigh ?? moment
    recordedCount = event[.activeInvalidations]
    recordedSeq = event[.seq]
    if let seq = event[.seq], let snapshot = event[.mmuSeq] { recordedMoves = seq &- snapshot }
  }
}

package typealias RoundSlot = SlotTable<RoundState>.Slot
package typealias RefreshSlot = SlotTable<RefreshState>.Slot

/// One run of `__kvm_gpc_refresh()`: the body of every refresh, however requested.
package struct RefreshState {
  package let id: Int64
  package let cache: CacheNumber
  package let vm: VMState?
  package let task: TaskID
  package let origin: Refresh.Origin
  package let request: Moment?
  package let entry: Moment?
  /// Its entry, else its first known event.
  package let firstSeen: Moment
  /// The event that it begins with: the request's, if recorded.
  package let begin: EventID
  package internal(set) var round: RoundSlot?
  package internal(set) var roundCount: Int32 = 0
  package internal(set) var firstLoop: Moment?
  package internal(set) var lastLoop: Moment?
  package internal(set) var stallNs: Int64 = 0
  /// A round was accepted after this moment.
  package internal(set) var acceptedAt: Moment?
  // Only needed for a recorded operation.
  var isGPABased: Bool?
  var wasValid: Bool?
  var oldUHVA: UHVA?
  var rounds: [RecordedRefresh.Round] = []
  package var isAccepted: Bool { acceptedAt != nil }
  /// Events of its thread may be missing since the last one that names its cache: the next ones may belong to another
  /// refresh.
  package internal(set) var isTorn = false
  /// It is the cache's first whole one since an unseen one could have been in progress, with what that one left.
  package internal(set) var endsDoubt = false
  package internal(set) var returned: Moment?
  package internal(set) var ret: Int64?

  init(
    id: Int64, cache: CacheNumber, vm: VMState?, task: TaskID, origin: Refresh.Origin, request: Moment?, entry: Moment?,
    firstSeen: Moment, begin: EventID
  ) {
    self.id = id
    self.cache = cache
    self.vm = vm
    self.task = task
    self.origin = origin
    self.request = request
    self.entry = entry
    self.firstSeen = firstSeen
    self.begin = begin
  }

  mutating func beginRound(at moment: Moment) {
    roundCount += 1
    firstLoop = firstLoop ?? moment
    if let lastLoop { stallNs += moment.time - lastLoop.time }
    lastLoop = moment
  }

  /// Its begin is recorded, or that of the request around it.
  var isBegun: Bool { entry != nil || begin != firstSeen.id }

  /// `-EINVAL` comes before anything is touched; every other error ends with `valid` cleared.
  package var isUntouched: Bool { roundCount == 0 && (ret == 0 || ret == -22) }

  package var outcome: Refresh.Outcome {
    guard let ret, returned != nil else { return .unfinished }
    if ret != 0 { return .failed }
    if isAccepted { return .mapped }
    return roundCount == 0 ? .kept : .unknown
  }
}
