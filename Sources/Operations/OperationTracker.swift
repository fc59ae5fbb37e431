// Events in, operations out: which thread did what, from when to when.

import KVMEvents
import Results

/// Pairs the events of a recording once, for everything that reads operations.
///
/// Turns events into threads, VMs, caches and operations, with every moment as narrow as the recorded events make it.
/// Owns the rules of identity and of loss (evidence, rules 3 and 10 to 13) and judges nothing. Takes any subset of
/// probes: entries and returns of functions are the base, the points inside them narrow intervals (rule 18). One pass,
/// bounded by what is open.
package struct OperationTracker {
  package let order: MomentOrder
  /// What the events since `removeSteps()` did.
  package internal(set) var steps: [OperationStep] = []
  /// The operation of the last event taken.
  package internal(set) var place = OperationPlace()
  package internal(set) var probes = ProbesSeen()
  /// Signs that events were omitted without a marker.
  package var omissions = OmissionSigns()
  /// The CPUs that dropped events.
  var lossyCPUs: Set<Int32> = []
  var tie: NotifierTie

  // Which object each pointer names.
  var threads: [ThreadState] = []
  var threadOfKey: [Int64: ThreadNumber] = [:]
  var cpus = CPUTable()
  var vmOfKVM = PointerTable<VMState>()
  var cacheOfGPC = PointerTable<CacheNumber>()
  package internal(set) var vms: [VMState] = []
  package internal(set) var caches: [CacheState] = []
  /// Hooks of a notifier whose kvm no event shows: they may concern any VM.
  package internal(set) var hasUntiedNotifier = false
  /// Where the walk's event was seen: in mainline the start hook, in some forms the end hook.
  package internal(set) var walkHook: WalkHook?

  package internal(set) var refreshes = SlotTable<RefreshState>()
  package internal(set) var rounds = SlotTable<RoundState>()
  var counts = CountQueue()
  /// The CPUs that have had no event since their last gap, and the line of its marker.
  var gapsOnCPU: [Int32: EventID] = [:]
  let gapEnds = GapEnds()
  // What had an event since the last gap: nothing else can lose anything in the next one.
  var touchedThreads: [ThreadNumber] = []
  var touchedCaches: [CacheNumber] = []
  var touchedVMs: [VMState] = []
  var movedCaches: [CacheNumber] = []
  var invalidationCount: Int64 = 0
  var refreshCount: Int64 = 0
  var checkCount: Int64 = 0
  package let recordsWindows: Bool
  /// Some VM has more invalidations than this that are open, or not surely over: to be given up before the next event.
  /// nil: none has.
  package internal(set) var overfullAt: Int?
  /// Invalidations and memslots that the VMs hold; bytes of the operations in their windows, and of the rounds of
  /// refreshes in progress.
  var heldInvalidations = 0
  var heldMemslots = 0
  var heldOperationBytes = 0
  let openInvalidationsMax: Int
  var windows: [RecordedWindow] = []

  package enum WalkHook: Sendable { case start, end }

  /// - Parameters:
  ///   - notifierOffset: `offsetof(struct kvm, mmu_notifier)`, where the recording says it.
  ///   - openInvalidationsMax: of one VM; more set `overfullAt`. `.max`: nothing is given up.
  ///   - recordsWindows: keep the VMs' operations for `takeWindows()`.
  package init(
    order: MomentOrder, notifierOffset: UInt64? = nil, openInvalidationsMax: Int = .max, recordsWindows: Bool = false
  ) {
    self.order = order
    self.openInvalidationsMax = openInvalidationsMax
    tie = NotifierTie(notifierOffset: notifierOffset)
    self.recordsWindows = recordsWindows
  }

  /// The steps so far have been read.
  package mutating func removeSteps() { steps.removeAll(keepingCapacity: true) }

  /// The same for a reader that keeps none of the states they name.
  /// - Parameter now: nanoseconds of the trace clock.
  package mutating func forgetSteps(now: Int64) {
    for step in steps {
      switch step {
      case .roundEnded(_, let slot, _, _, _): _ = rounds.remove(slot)
      case .returned(let slot, _), .abandoned(let slot, _): _ = refreshes.remove(slot)
      case .began(let invalidation):
        let vm = invalidation.vm
        if vm.invalidations.count >= vm.pruneAt { prune(vm, now: now, keepingSince: nil) }
      case _: break
      }
    }
    removeSteps()
  }

  // MARK: Until notifiers are tied

  package var isTied: Bool { tie.isMade }

  /// Holds an event back if its VM is not known yet.
  /// - Returns: the events to take now: this one and those held before it, or none.
  package mutating func admit(_ event: RecordedEvent) -> [RecordedEvent] {
    if tie.holds(event) { return tie.takeHeld() }
    return tie.isHolding ? [] : [event]
  }

  /// No further event can tie them.
  package mutating func giveUpTie() { tie.giveUp() }

  package mutating func takeHeld() -> [RecordedEvent] { tie.takeHeld() }

  /// A round that was passed on with `roundEnded` is not needed any more.
  package mutating func freeRound(_ slot: RoundSlot) -> RoundState { rounds.remove(slot) }

  /// The same for a refresh that returned or was abandoned.
  package mutating func freeRefresh(_ slot: RefreshSlot) -> RefreshState { refreshes.remove(slot) }

  /// Events were dropped before the round, which is over, could be judged.
  package mutating func meetLoss(_ round: RoundSlot) { rounds[round].meetsLoss = true }

  // MARK: Caches

  /// Those that may have changed since the last call.
  package mutating func takeMoved() -> [CacheNumber] {
    defer { movedCaches.removeAll(keepingCapacity: true) }
    for cache in movedCaches { caches[cache].isMoved = false }
    return movedCaches
  }

  /// A refresh of the cache is in progress that may have been accepted by this moment: only its return decides, if
  /// `gpc_refresh_done` is not recorded (evidence, rule 18).
  package func mayBeAccepted(_ cache: CacheNumber, before moment: Moment) -> Bool {
    guard !probes.has(.gpcRefreshDone), let vm = caches[cache].vm else { return false }
    return vm.openRefreshes.contains { slot in
      guard refreshes[slot].cache == cache, let round = refreshes[slot].round, let low = rounds[round].testLow else {
        return false
      }
      return !order.surely(moment, before: low)
    }
  }

  /// No other refresh of its cache is known to be in progress.
  package func isAloneInRefresh(_ slot: RefreshSlot) -> Bool {
    let refresh = refreshes[slot]
    guard let vm = refresh.vm else { return false }
    return !vm.openRefreshes.contains { $0 != slot && refreshes[$0].cache == refresh.cache }
  }

  // MARK: Events

  package mutating func take(_ event: borrowing RecordedEvent) {
    if case .lostEvents = event.kind {
      lose(event)
      return
    }
    probes.see(event.kind)
    let thread = thread(of: event)
    place.kind = nil
    place.thread = thread
    let moment = Moment(id: event.id, time: event.time.rawValue, cpu: event.cpu, thread: Int32(thread))
    if !gapsOnCPU.isEmpty, let marker = gapsOnCPU.removeValue(forKey: event.cpu) {
      gapEnds.append(marker, at: moment)
    }
    if !threads[thread].isTouched {
      threads[thread].isTouched = true
      touchedThreads.append(thread)
    }
    if let count = threads[thread].recordedCount {
      threads[thread].recordedCount = nil
      counts.append(count, before: moment)
    }
    dispatch(event, thread, moment)
    cpus.see(moment)
  }

  /// The recording is over: no refresh and no check will return any more.
  package mutating func finishCalls() {
    // A CPU that dropped events may have dropped its last ones, too, and its marker never came.
    if let last = lossyCPUs.compactMap({ cpus.last(on: $0)?.id ?? 0 }).min() { omissions.withdraw(after: last) }
    for thread in threads.indices {
      guard let slot = threads[thread].refresh else { continue }
      let refresh = refreshes[slot]
      abandonRefresh(
        of: thread, at: refresh.round.flatMap { rounds[$0].test } ?? refresh.lastLoop ?? refresh.firstSeen, isOver: true
      )
    }
    for thread in threads.indices { giveUpChecks(of: thread) }
  }

  private mutating func dispatch(_ event: borrowing RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    switch event.kind {
    case .mnInvalidateRangeStart: invalidateRangeStart(event, thread, moment)
    case .gpcInvalidateStart: gpcInvalidateStart(event, thread, moment)
    case .mnInvalidateRangeStartRet: invalidateRangeStartRet(thread, moment)
    case .mnInvalidateRangeEnd: invalidateRangeEnd(event, thread, moment)
    case .mnInvalidateEndKvm: invalidateEndKvm(event, thread, moment)
    case .mnInvalidateRangeEndRet: invalidateRangeEndRet(thread, moment)
    case .gpcInit: gpcInit(event, moment)
    case .gpcActivate: request(event, .activate, thread, moment)
    case .gpcActivateHva: request(event, .activateHva, thread, moment)
    case .gpcRefresh: request(event, .refresh, thread, moment)
    case .lockedRefresh, .gfnToPfnCacheRefresh: refresh(event, thread, moment)
    case .gpcRetryLoop: retryLoop(event, thread, moment)
    case .hvaToPfn: hvaToPfn(event, thread, moment)
    case .hvaToPfnRet: hvaToPfnRet(event, thread, moment)
    case .gpcRetryCheck: retryCheck(event, thread, moment)
    case .gpcRefreshDone: refreshDone(event, thread, moment)
    case .lockedRefreshRet: refreshRet(event, thread, moment)
    case .gpcRefreshRet, .gpcActivateRet, .gpcActivateHvaRet:
      // The body's value is passed on: if the body's own return is not recorded, this is it.
      refreshRet(event, thread, moment)
      requestRet(event, thread)
    case .gpcCheck: check(event, thread, moment)
    case .gpcCheckRet: checkRet(event, thread, moment)
    case .gpcDeactivate: deactivate(event, thread, moment)
    case .gpcDeactivateRet: deactivateRet(event, thread, moment)
    case .setMemoryRegion: setMemoryRegion(event, thread, moment)
    case .setMemoryRegionRet: setMemoryRegionRet(event, thread, moment)
    case .kvmUnmapHvaRange, .mnInvalidateRange, .mnChangePte: seeInHook(event, thread)
    case .gpcUnmap: seeUnmap(thread)
    case .bystander, .lostEvents: break
    }
  }
}
