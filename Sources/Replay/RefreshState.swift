// A refresh under way and its rounds.

import KVMEvents

/// One round of the retry loop, as far as it has come.
struct RoundState {
  let number: Int32
  /// The snapshot of `mmu_invalidate_seq` lies after this …
  let snapshotLow: Moment
  /// … and before this: where `gpc->lock` is dropped at the latest.
  var snapshotHigh: Moment?
  let loop: Moment?
  var lookup: Moment?
  var lookupRet: Moment?
  var test: Moment?
  let uhva: UHVA?
  /// `mn_active_invalidate_count` as the test's probe read it, between the test and the next event of its thread.
  var recordedCount: UInt64?
  /// How far `mmu_invalidate_seq` had moved since the snapshot when the same probe read it.
  var recordedMoves: UInt64?
  /// At its top nothing had shown yet that every invalidation in flight is recorded: one may have ended unseen since the snapshot.
  var mayFollowHidden = false
  /// Events of its own may be missing: dropped, or from before the recording.
  var isTorn: Bool
  /// Events of other threads were dropped while it ran.
  var meetsLoss = false

  init(number: Int32, snapshotLow: Moment, snapshotHigh: Moment?, loop: Moment?, uhva: UHVA?, isTorn: Bool) {
    self.number = number
    self.snapshotLow = snapshotLow
    self.snapshotHigh = snapshotHigh
    self.loop = loop
    self.uhva = uhva
    self.isTorn = isTorn
  }

  mutating func beginLookup(at moment: Moment) {
    guard lookup == nil else { return }
    lookup = moment
    snapshotHigh = snapshotHigh ?? moment
  }

  mutating func endLookup(at moment: Moment) {
    if lookup != nil && lookupRet == nil { lookupRet = moment }
  }

  mutating func reachTest(_ event: borrowing RecordedEvent, at moment: Moment) {
    test = moment
    snapshotHigh = snapshotHigh ?? moment
    recordedCount = event[.activeInvalidations]
    if let seq = event[.seq], let snapshot = event[.mmuSeq] { recordedMoves = seq &- snapshot }
  }
}

/// One run of `__kvm_gpc_refresh()`.
struct RefreshState {
  let id: Int64
  let cache: CacheNumber
  let vm: VMState?
  let task: TaskID
  let origin: Refresh.Origin
  let request: Moment?
  let entry: Moment?
  var round: RoundSlot?
  var roundCount: Int32 = 0
  var firstLoop: Moment?
  var lastLoop: Moment?
  var stallNs: Int64 = 0
  var necessaryCount: Int32 = 0
  var falseCount: Int32 = 0
  var undecidedCount: Int32 = 0
  var unknownCount: Int32 = 0
  var falseNs: Int64 = 0
  /// The rounds' tops and tests that a finding about false retries cites: the first and the last false one.
  var firstFalse: EventID?
  var lastFalse: EventID?
  /// A round was accepted after this moment.
  var acceptedAt: Moment?
  // What only a recorded operation tells.
  var isGPABased: Bool?
  var wasValid: Bool?
  var oldUHVA: UHVA?
  var rounds: [RecordedRefresh.Round] = []
  var isAccepted: Bool { acceptedAt != nil }
  /// Its next round's begin is not known: events were dropped, or it began before the recording.
  var isTorn = false
  /// Rounds whose decision waits for the end of an invalidation that may have been lost.
  var deferredCount = 0
  /// It is over and only its deferred rounds keep its row back.
  var isClosed = false
  var returned: Moment?
  var ret: Int64?

  init(
    id: Int64, cache: CacheNumber, vm: VMState?, task: TaskID, origin: Refresh.Origin, request: Moment?, entry: Moment?
  ) {
    self.id = id
    self.cache = cache
    self.vm = vm
    self.task = task
    self.origin = origin
    self.request = request
    self.entry = entry
  }

  mutating func beginRound(at moment: Moment) {
    roundCount += 1
    firstLoop = firstLoop ?? moment
    if let lastLoop { stallNs += moment.time - lastLoop.time }
    lastLoop = moment
  }

  /// A round was repeated for this cause; it lasted from its begin to the event that shows it.
  mutating func count(_ cause: RetryRound.Cause, from begun: Moment?, to settled: Moment) {
    switch cause {
    case .necessary: necessaryCount += 1
    case .false:
      falseCount += 1
      falseNs.addClamped(begun.map { settled.time - $0.time } ?? 0)
      firstFalse = firstFalse ?? begun?.id
      lastFalse = settled.id
    case .undecided: undecidedCount += 1
    case .unknown: unknownCount += 1
    }
  }

  var outcome: Refresh.Outcome {
    guard let ret, returned != nil else { return .unfinished }
    if ret != 0 { return .failed }
    if isAccepted { return .mapped }
    return roundCount == 0 ? .kept : .unknown
  }

  /// - Parameter cache: the id of its cache.
  func row(cache: Int32) -> Refresh {
    Refresh(
      id: id, vm: vm?.id, cache: cache, task: task, origin: origin, outcome: outcome, requestEvent: request?.id,
      entryEvent: entry?.id, returnEvent: returned?.id, ret: ret, roundCount: roundCount,
      necessaryCount: necessaryCount, falseCount: falseCount, undecidedCount: undecidedCount, stallNs: stallNs,
      falseNs: falseNs, lockWaitNs: request.flatMap { r in entry.map { $0.time - r.time } },
      durationNs: entry.flatMap { e in returned.map { $0.time - e.time } })
  }
}
