// Requests, refreshes and the rounds of their retry loops.
//
// Entry and return of the body and of its lookups give every round; the points inside (`gpc_retry_loop`,
// `gpc_retry_check`, `gpc_refresh_done`) narrow its intervals if recorded (evidence, rule 18).

import KVMEvents
import Results

extension OperationTracker {
  /// `kvm_gpc_refresh()`, `kvm_gpc_activate()`: the request; the refresh itself follows when it has `refresh_lock`.
  mutating func request(
    _ event: RecordedEvent, _ origin: Refresh.Origin, _ thread: ThreadNumber, _ moment: Moment
  ) {
    guard let cache = cache(event) else { return }
    abandonRefresh(of: thread, at: moment)
    giveUpChecks(of: thread, at: moment.id)
    let request = ThreadState.Request(cache: cache, task: event.task, origin: origin, moment: moment)
    threads[thread].request = request
    place.set(request.isActivation ? .activation : .refresh, event.id, cache: cache)
    switch origin {
    case .activate, .activateHva: caches[cache].isActive = nil
    case .refresh, .unknown: caches[cache].see(uhva: event.uhva)
    }
    caches[cache].see(uhva: nil, gpa: event.gpa)
  }

  /// `__kvm_gpc_refresh()`, or 6.1's `kvm_gfn_to_pfn_cache_refresh()`: the body. (In the latter `refresh_lock` is not
  /// taken yet.)
  mutating func refresh(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    abandonRefresh(of: thread, at: moment)
    giveUpChecks(of: thread, at: moment.id)
    let request = threads[thread].openRequest.flatMap { $0.cache == cache ? $0 : nil }
    seeGeneration(event, of: cache)
    caches[cache].see(uhva: event.oldUhva, gpa: event.gpa)
    caches[cache].isActive = caches[cache].isActive ?? event[.active].map { $0 == 1 }
    let refresh = newRefresh(
      of: cache, event.task, thread, request?.origin ?? .unknown, request?.moment, entry: moment, firstSeen: moment)
    refreshes[refresh].isGPABased = event.gpa.map { $0 != .invalid }
    refreshes[refresh].wasValid = event[.valid].map { $0 == 1 }
    refreshes[refresh].oldUHVA = event.oldUhva
    placeIn(refresh)
    beginBusy(caches[cache].vm, moment, since: request?.moment)
    steps.append(.entered(refresh))
  }

  /// A round begins; the one before, if any, was repeated.
  mutating func retryLoop(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    if let round = round(of: thread), rounds[round].hasFailed { abandonRefresh(of: thread, at: moment) }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refreshes[refresh].vm {
      noteCount(event, of: vm, thread, moment, isAlways: !probes.has(.gpcRetryCheck))
    }
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    // 6.1 has the probe after the snapshot (which it records), 6.12 at the loop's top, before it.
    let isAfterSnapshot = event[.mmuSeq] != nil
    beginRound(refresh, moment, isAfterSnapshot: isAfterSnapshot, loop: moment, uhva: event.uhva)
    refreshes[refresh].isTorn = false
    placeInRound(of: refresh)
  }

  /// - Parameter isAfterSnapshot: the snapshot lies between the thread's previous event and this moment; else after
  ///   this moment.
  private mutating func beginRound(
    _ refresh: RefreshSlot, _ moment: Moment, isAfterSnapshot: Bool, loop: Moment?, uhva: UHVA?
  ) {
    noteOpenLookup(of: refresh, at: moment)
    var former = refreshes[refresh].entry
    if let round = refreshes[refresh].round { former = rounds[round].testLow ?? former }
    endRound(of: refresh, as: .retried, at: moment, pfn: nil)
    if refreshes[refresh].roundCount == 0 { steps.append(.loopReached(refresh, moment)) }
    refreshes[refresh].beginRound(at: moment)
    refreshes[refresh].round = rounds.insert(
      RoundState(
        number: refreshes[refresh].roundCount, snapshotLow: isAfterSnapshot ? former ?? moment : moment,
        snapshotHigh: isAfterSnapshot ? moment : nil, loop: loop, uhva: uhva,
        isTorn: isAfterSnapshot && (former == nil || refreshes[refresh].isTorn)))
  }

  mutating func hvaToPfn(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    // A check does no lookup: it is over, its return is missing.
    giveUpChecks(of: thread, at: moment.id)
    if threads[thread].refresh == nil { openRefreshOfRequest(event.task, thread, moment) }
    // Otherwise the lookup of a page fault.
    guard let refresh = threads[thread].refresh else { return }
    if let round = refreshes[refresh].round {
      if let page = event.uhva?.page, let own = rounds[round].uhva?.page, page != own || rounds[round].hasFailed {
        // All rounds of a refresh look up one page, and none follows an error: it is over, its return is not recorded.
        abandonRefresh(of: thread, at: moment)
        return
      }
      if rounds[round].lookup == nil, rounds[round].test == nil {
        rounds[round].beginLookup(at: moment, event.uhva)
        placeInRound(of: refresh)
        return
      }
    }
    beginRound(refresh, moment, isAfterSnapshot: true, loop: nil, uhva: event.uhva)
    if let round = refreshes[refresh].round { rounds[round].beginLookup(at: moment, event.uhva) }
    if let uhva = event.uhva {
      caches[refreshes[refresh].cache].uhva = uhva
      touch(refreshes[refresh].cache)
    }
    placeInRound(of: refresh)
  }

  mutating func hvaToPfnRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let refresh = threads[thread].refresh, let round = refreshes[refresh].round else { return }
    guard rounds[round].endLookup(at: moment, event.pfn) else {
      // A lookup without an entry: this may be its round.
      if rounds[round].lookup == nil {
        if !rounds[round].isTorn && !refreshes[refresh].isTorn {
          omissions.noteUnpaired(lacking: .hvaToPfn, at: moment.id)
        }
        rounds[round].isTorn = true
      }
      return
    }
    placeInRound(of: refresh)
    steps.append(.lookedUp(refresh, round))
  }

  /// Its round goes on although its lookup has not returned: that return was omitted.
  private mutating func noteOpenLookup(of refresh: RefreshSlot, at moment: Moment) {
    guard let round = refreshes[refresh].round.map({ rounds[$0] }), !round.isTorn, !refreshes[refresh].isTorn else {
      return
    }
    if round.lookup != nil && round.lookupRet == nil { omissions.noteUnpaired(lacking: .hvaToPfnRet, at: moment.id) }
  }

  mutating func retryCheck(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refreshes[refresh].vm { noteCount(event, of: vm, thread, moment) }
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    if refreshes[refresh].round.map({ rounds[$0].test != nil }) ?? true {
      // The round's top is not recorded.
      beginRound(refresh, moment, isAfterSnapshot: false, loop: nil, uhva: event.uhva)
      if let round = refreshes[refresh].round { rounds[round].isTorn = true }
    }
    noteOpenLookup(of: refresh, at: moment)
    if let round = refreshes[refresh].round { rounds[round].reachTest(event, at: moment) }
    refreshes[refresh].isTorn = false
    placeInRound(of: refresh)
  }

  /// The round is accepted: `valid`, `pfn` and `khva` are set, and `gpc->lock` is dropped before the next event of the
  /// thread.
  mutating func refreshDone(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    refreshes[refresh].isTorn = false
    placeIn(refresh)
    noteOpenLookup(of: refresh, at: moment)
    accept(refresh, after: moment, settled: moment, pfn: event.pfn)
  }

  /// - Parameter settled: the event that shows what the retry test decided.
  private mutating func accept(_ refresh: RefreshSlot, after moment: Moment, settled: Moment, pfn: PFN?) {
    refreshes[refresh].acceptedAt = moment
    caches[refreshes[refresh].cache].isActive = true
    touch(refreshes[refresh].cache)
    steps.append(.accepted(refresh, refreshes[refresh].round, after: moment))
    endRound(of: refresh, as: .accepted, at: settled, pfn: pfn)
  }

  mutating func refreshRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let refresh = threads[thread].refresh else {
      // The body of a request without a recorded entry is over.
      threads[thread].request?.isAnswered = true
      return
    }
    if refreshes[refresh].isTorn {
      // It may be the return of another refresh, whose entry was dropped.
      abandonRefresh(of: thread, at: moment)
      return
    }
    if event.kind != .lockedRefreshRet && refreshes[refresh].entry != nil && probes.has(.lockedRefresh) {
      omissions.noteUnpaired(lacking: .lockedRefreshRet, at: moment.id)
    }
    noteOpenLookup(of: refresh, at: moment)
    threads[thread].refresh = nil
    threads[thread].request?.isAnswered = true
    placeIn(refresh, isWhole: refreshes[refresh].isBegun)
    refreshes[refresh].returned = moment
    refreshes[refresh].ret = event.ret
    // The return value shows that the last round was accepted, some time after its last event.
    if event.ret == 0, !refreshes[refresh].isAccepted, let round = refreshes[refresh].round.map({ rounds[$0] }) {
      accept(refresh, after: round.testLow ?? round.lookup ?? round.snapshotLow, settled: moment, pfn: round.pfn)
    }
    // After a test another round failed, which is not recorded.
    let isOfLastRound = refreshes[refresh].round.map { rounds[$0].test == nil } ?? false
    endRound(of: refresh, as: event.ret != 0 && isOfLastRound ? .failed : .unfinished, at: moment, pfn: nil)
    if refreshes[refresh].entry != nil, caches[refreshes[refresh].cache].mayHideRefresh {
      caches[refreshes[refresh].cache].mayHideRefresh = false
      touch(refreshes[refresh].cache)
      refreshes[refresh].endsDoubt = true
    }
    close(refresh, at: moment)
    steps.append(.returned(refresh, moment))
  }

  /// The request returns.
  mutating func requestRet(_ event: borrowing RecordedEvent, _ thread: ThreadNumber) {
    guard let request = threads[thread].request else { return }
    place.set(request.isActivation ? .activation : .refresh, request.moment.id, cache: request.cache, isWhole: true)
    // 6.1 activates by an ordinary refresh: then that one has returned, and not the request.
    if event.kind == .gpcRefreshRet && request.isActivation {
      threads[thread].request?.isAnswered = true
    } else {
      threads[thread].request = nil
    }
  }

  /// 6.1's `gpc_unmap_khva()`: in a refresh or a deactivation.
  mutating func seeUnmap(_ thread: ThreadNumber) {
    if let refresh = threads[thread].refresh {
      placeInRound(of: refresh)
    } else if let (cache, _, entry) = threads[thread].deactivating {
      place.set(.deactivation, entry.id, cache: cache)
    }
  }

  private mutating func placeIn(_ refresh: RefreshSlot, isWhole: Bool = false) {
    place.set(.refresh, refreshes[refresh].begin, cache: refreshes[refresh].cache, isWhole: isWhole)
  }

  /// In the current round, if there is one.
  private mutating func placeInRound(of refresh: RefreshSlot) {
    guard let round = refreshes[refresh].round, let begin = rounds[round].firstEvent else {
      placeIn(refresh)
      return
    }
    place.set(.round, begin, in: refreshes[refresh].begin, cache: refreshes[refresh].cache)
  }

  // MARK: Opening and closing

  private mutating func newRefresh(
    of cache: CacheNumber, _ task: TaskID, _ thread: ThreadNumber, _ origin: Refresh.Origin, _ request: Moment?,
    entry: Moment?, firstSeen: Moment
  ) -> RefreshSlot {
    refreshCount += 1
    let asked = threads[thread].openRequest
    // The return of one that was answered is not recorded, unless this is it.
    if asked == nil { threads[thread].request = nil }
    let begin = asked?.cache == cache ? asked?.moment.id : nil
    let refresh = refreshes.insert(
      RefreshState(
        id: refreshCount, cache: cache, vm: caches[cache].vm, task: task, origin: origin, request: request,
        entry: entry, firstSeen: firstSeen, begin: begin ?? firstSeen.id))
    threads[thread].refresh = refresh
    caches[cache].vm?.openRefreshes.append(refresh)
    return refresh
  }

  /// The current round of the thread.
  func round(of thread: ThreadNumber) -> RoundSlot? {
    threads[thread].refresh.flatMap { refreshes[$0].round }
  }

  /// The current refresh of the thread; one that began before the recording (or whose begin was lost) is known only
  /// from here on.
  private mutating func openRefresh(
    of cache: CacheNumber, _ task: TaskID, _ thread: ThreadNumber, _ moment: Moment
  ) -> RefreshSlot {
    if let refresh = threads[thread].refresh, refreshes[refresh].cache == cache { return refresh }
    abandonRefresh(of: thread, at: moment)
    return newRefreshWithoutEntry(of: cache, task, thread, moment)
  }

  /// Without the body's entry, a lookup inside a request belongs to its refresh (evidence, rule 19).
  private mutating func openRefreshOfRequest(_ task: TaskID, _ thread: ThreadNumber, _ moment: Moment) {
    guard let request = threads[thread].openRequest else { return }
    _ = newRefreshWithoutEntry(of: request.cache, task, thread, moment)
  }

  private mutating func newRefreshWithoutEntry(
    of cache: CacheNumber, _ task: TaskID, _ thread: ThreadNumber, _ moment: Moment
  ) -> RefreshSlot {
    let refresh = newRefresh(of: cache, task, thread, .unknown, nil, entry: nil, firstSeen: moment)
    beginBusy(caches[cache].vm, moment)
    return refresh
  }

  /// A refresh without a recorded return: the thread is doing what it cannot do inside one, or lost events.
  mutating func abandonRefresh(of thread: ThreadNumber, at moment: Moment, isOver: Bool = false) {
    guard let refresh = threads[thread].refresh else { return }
    threads[thread].refresh = nil
    // One without an entry may not be one: a page fault looks up, too, inside a request whose return is not recorded.
    if refreshes[refresh].entry != nil && !refreshes[refresh].isTorn && !isOver
      && moment.id > refreshes[refresh].firstSeen.id
    {
      omissions.noteUnpaired(
        lacking: probes.has(.lockedRefresh) ? .lockedRefreshRet : .gpcRefreshRet, at: moment.id)
    }
    let hasFailed = refreshes[refresh].round.map { rounds[$0].hasFailed } ?? false
    endRound(of: refresh, as: hasFailed ? .failed : .unfinished, at: moment, pfn: nil)
    close(refresh, at: moment)
    steps.append(.abandoned(refresh, moment))
  }

  private mutating func close(_ refresh: RefreshSlot, at moment: Moment) {
    refreshes[refresh].vm?.openRefreshes.removeAll { $0 == refresh }
    record(refresh, moment)
  }

  /// Events were dropped: the next ones may belong to another refresh, and another round.
  mutating func tearRefresh(of thread: ThreadNumber, at gap: Moment) {
    guard let refresh = threads[thread].refresh else { return }
    refreshes[refresh].isTorn = true
    if let round = refreshes[refresh].round {
      rounds[round].isTorn = true
      endRound(of: refresh, as: .unfinished, at: gap, pfn: nil)
    }
  }

  /// Ends the current round, if there is one.
  private mutating func endRound(
    of refresh: RefreshSlot, as outcome: RetryRound.Outcome, at moment: Moment, pfn: PFN?
  ) {
    guard let slot = refreshes[refresh].round else { return }
    refreshes[refresh].round = nil
    if recordsWindows {
      let round = rounds[slot]
      refreshes[refresh].rounds.append(
        RecordedRefresh.Round(loop: round.loop, lookup: round.lookup, lookupRet: round.lookupRet, test: round.test))
      heldOperationBytes += RecordedRefresh.Round.keptBytes
      // A round that began unseen cannot be re-timed.
      if round.isTorn { refreshes[refresh].vm?.window.cast(.incomplete) }
    }
    steps.append(.roundEnded(refresh, slot, outcome, settled: moment, pfn: pfn))
  }
}
