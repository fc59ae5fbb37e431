// Requests, refreshes and the rounds of their retry loops.

import KVMEvents

extension Replayer {
  /// `kvm_gpc_refresh()`, `kvm_gpc_activate()`: someone asks; the refresh itself follows when it has `refresh_lock`.
  mutating func request(
    _ event: RecordedEvent, _ origin: Refresh.Origin, _ thread: ThreadNumber, _ moment: Moment
  ) {
    guard let cache = cache(event) else { return }
    giveUpRefresh(of: thread, at: moment)
    if !threads[thread].checks.isEmpty { giveUpChecks(of: thread) }
    threads[thread].request = (cache, origin, moment)
    switch origin {
    case .activate, .activateHva: caches[cache].isActive = nil
    case .refresh, .unknown: caches[cache].see(uhva: event.uhva)
    }
    caches[cache].see(uhva: nil, gpa: event.gpa)
  }

  /// `__kvm_gpc_refresh()`, or 6.1's `kvm_gfn_to_pfn_cache_refresh()`: `refresh_lock` is taken next.
  mutating func refresh(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    giveUpRefresh(of: thread, at: moment)
    if !threads[thread].checks.isEmpty { giveUpChecks(of: thread) }
    let request = threads[thread].request.flatMap { $0.cache == cache ? $0 : nil }
    if let generation = event[.slotsGeneration] { caches[cache].vm?.memslots.see(generation: generation) }
    caches[cache].see(uhva: event.oldUhva, gpa: event.gpa)
    caches[cache].isActive = caches[cache].isActive ?? event[.active].map { $0 == 1 }
    // A mapping that is kept keeps `valid`; that shows only when the refresh returns without a round.
    caches[cache].validity.change(to: false, after: moment, order)
    let refresh = newRefresh(
      of: cache, event.task, thread, request?.origin ?? .unknown, request?.moment, entry: moment)
    refreshes[refresh].isGPABased = event.gpa.map { $0 != .invalid }
    refreshes[refresh].wasValid = event[.valid].map { $0 == 1 }
    refreshes[refresh].oldUHVA = event.oldUhva
    beginBusy(caches[cache].vm, moment, since: request?.moment)
  }

  /// A round begins; the one before, if any, was repeated.
  mutating func retryLoop(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refreshes[refresh].vm { noteCount(event, of: vm, thread, moment) }
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    // 6.1 has the probe behind the snapshot (which it records), 6.12 at the loop's top, before it.
    let isBehindSnapshot = event[.mmuSeq] != nil
    beginRound(refresh, moment, isBehindSnapshot: isBehindSnapshot, loop: moment, uhva: event.uhva)
  }

  private mutating func beginRound(
    _ refresh: RefreshSlot, _ moment: Moment, isBehindSnapshot: Bool, loop: Moment?, uhva: UHVA?
  ) {
    var former = refreshes[refresh].entry
    if let round = refreshes[refresh].round {
      probes.showsInvalidations = true
      former = rounds[round].test ?? rounds[round].lookupRet ?? former
    }
    endRound(of: refresh, as: .retried, at: moment, pfn: nil)
    if refreshes[refresh].roundCount == 0, let entry = refreshes[refresh].entry {
      caches[refreshes[refresh].cache].validity.settle(after: entry, before: moment)
    }
    refreshes[refresh].beginRound(at: moment)
    var round = RoundState(
      number: refreshes[refresh].roundCount, snapshotLow: isBehindSnapshot ? former ?? moment : moment,
      snapshotHigh: isBehindSnapshot ? moment : nil, loop: loop, uhva: uhva,
      isTorn: (isBehindSnapshot && former == nil) || refreshes[refresh].isTorn)
    round.mayFollowHidden = refreshes[refresh].vm?.mayHideInvalidations ?? true
    refreshes[refresh].round = rounds.insert(round)
    refreshes[refresh].isTorn = false
  }

  mutating func hvaToPfn(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let refresh = threads[thread].refresh, threads[thread].checks.isEmpty else { return }
    if !probes.has(.gpcRetryLoop) {
      beginRound(refresh, moment, isBehindSnapshot: true, loop: nil, uhva: event.uhva)
    }
    if let round = refreshes[refresh].round { rounds[round].beginLookup(at: moment) }
  }

  mutating func hvaToPfnRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    if let round = round(of: thread) { rounds[round].endLookup(at: moment) }
  }

  mutating func retryCheck(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refreshes[refresh].vm { noteCount(event, of: vm, thread, moment) }
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    if refreshes[refresh].round.map({ rounds[$0].test != nil }) ?? true {
      // The round's top was lost, or stands before the recording.
      refreshes[refresh].isTorn = true
      beginRound(refresh, moment, isBehindSnapshot: false, loop: nil, uhva: event.uhva)
    }
    if let round = refreshes[refresh].round { rounds[round].reachTest(event, at: moment) }
    if event[.activeInvalidations] ?? 0 > 0 { probes.showsInvalidations = true }
  }

  /// The round is accepted: `valid`, `pfn` and `khva` are set, and `gpc->lock` is dropped before the next event of the thread.
  mutating func refreshDone(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let uhva = event.uhva { caches[cache].uhva = uhva }
    accept(refresh, after: moment, settled: moment, pfn: event.pfn)
  }

  /// - Parameter settled: the event that shows what the retry test decided.
  private mutating func accept(_ refresh: RefreshSlot, after moment: Moment, settled: Moment, pfn: PFN?) {
    let cache = refreshes[refresh].cache
    refreshes[refresh].acceptedAt = moment
    caches[cache].isActive = true
    caches[cache].validity.change(to: true, after: moment, order)
    caches[cache].mapping = nil
    if let round = refreshes[refresh].round.map({ rounds[$0] }), !round.isTorn, let lookup = round.lookup,
      let lookupRet = round.lookupRet, let page = caches[cache].page
    {
      caches[cache].mapping = CacheState.Mapping(
        lookup: lookup, lookupRet: lookupRet, page: page, refresh: refreshes[refresh].id)
      // Those whose end hooks were called before the page became the cache's.
      for invalidation in refreshes[refresh].vm?.invalidations ?? [] where invalidation.end != nil {
        markStale(cache, by: invalidation)
      }
    }
    endRound(of: refresh, as: .accepted, at: settled, pfn: pfn)
  }

  mutating func refreshRet(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let refresh = threads[thread].refresh else { return }
    threads[thread].refresh = nil
    threads[thread].request = nil
    refreshes[refresh].returned = moment
    refreshes[refresh].ret = event.ret
    let cache = refreshes[refresh].cache
    // Without the probe for success, the return value tells that the last round was accepted, some time after its last event.
    if event.ret == 0 && !refreshes[refresh].isAccepted && !probes.has(.gpcRefreshDone),
      let round = refreshes[refresh].round.map({ rounds[$0] })
    {
      let last = round.test ?? round.lookupRet ?? round.lookup ?? round.snapshotLow
      accept(refresh, after: last, settled: moment, pfn: nil)
    }
    // -EINVAL comes before anything is touched; every other error ends with `valid` cleared.
    let hasFailed = event.ret != 0
    let isUntouched = refreshes[refresh].roundCount == 0 && (event.ret == 0 || event.ret == Self.invalidArgument)
    endRound(of: refresh, as: hasFailed ? .failed : .unfinished, at: moment, pfn: nil)
    // With a round, the loop's top has settled it.
    if let entry = refreshes[refresh].entry, refreshes[refresh].roundCount == 0 {
      if isUntouched {
        caches[cache].validity.withdraw(after: entry)
      } else {
        caches[cache].validity.settle(after: entry, before: moment)
      }
    }
    if let accepted = refreshes[refresh].acceptedAt { caches[cache].validity.settle(after: accepted, before: moment) }
    if hasFailed && !isUntouched { caches[cache].mapping = nil }
    close(refresh, at: moment)
  }

  /// `-EINVAL`.
  private static var invalidArgument: Int64 { -22 }

  // MARK: Opening and closing

  private mutating func newRefresh(
    of cache: CacheNumber, _ task: TaskID, _ thread: ThreadNumber, _ origin: Refresh.Origin, _ request: Moment?,
    entry: Moment?
  ) -> RefreshSlot {
    refreshCount += 1
    let refresh = refreshes.insert(
      RefreshState(
        id: refreshCount, cache: cache, vm: caches[cache].vm, task: task, origin: origin, request: request, entry: entry
      ))
    threads[thread].refresh = refresh
    caches[cache].vm?.openRefreshes.append(refresh)
    return refresh
  }

  /// The round that the thread is in.
  func round(of thread: ThreadNumber) -> RoundSlot? {
    threads[thread].refresh.flatMap { refreshes[$0].round }
  }

  /// The refresh that the thread is in; one that began before the recording (or whose begin was lost) is known from here on only.
  private mutating func openRefresh(
    of cache: CacheNumber, _ task: TaskID, _ thread: ThreadNumber, _ moment: Moment
  ) -> RefreshSlot {
    if let refresh = threads[thread].refresh, refreshes[refresh].cache == cache { return refresh }
    giveUpRefresh(of: thread, at: moment)
    let refresh = newRefresh(of: cache, task, thread, .unknown, nil, entry: nil)
    beginBusy(caches[cache].vm, moment)
    return refresh
  }

  /// A refresh whose return is not recorded: the thread is doing what it cannot do inside one.
  mutating func giveUpRefresh(of thread: ThreadNumber, at moment: Moment) {
    guard let refresh = threads[thread].refresh else { return }
    threads[thread].refresh = nil
    endRound(of: refresh, as: .unfinished, at: moment, pfn: nil)
    caches[refreshes[refresh].cache].taint()
    close(refresh, at: moment)
  }

  mutating func closeOpenRefreshes() {
    for thread in threads.indices {
      guard let slot = threads[thread].refresh else { continue }
      let refresh = refreshes[slot]
      guard let last = refresh.round.flatMap({ rounds[$0].test }) ?? refresh.lastLoop ?? refresh.entry else { continue }
      giveUpRefresh(of: thread, at: last)
    }
  }

  private mutating func close(_ refresh: RefreshSlot, at moment: Moment) {
    refreshes[refresh].vm?.openRefreshes.removeAll { $0 == refresh }
    record(refresh, moment)
    pending.append(.refresh(refresh, moment))
  }

  /// Ends the current round, if there is one: its test waits for its evidence, a round without a test is told as it is.
  private mutating func endRound(
    of refresh: RefreshSlot, as outcome: RetryRound.Outcome, at moment: Moment, pfn: PFN?
  ) {
    guard let slot = refreshes[refresh].round else { return }
    refreshes[refresh].round = nil
    if recordsWindows {
      let round = rounds[slot]
      refreshes[refresh].rounds.append(
        RecordedRefresh.Round(loop: round.loop, lookup: round.lookup, lookupRet: round.lookupRet, test: round.test))
      // A round that began unseen: nothing can be set anew in time.
      if round.isTorn { refreshes[refresh].vm?.window.cast(.incomplete) }
    }
    switch outcome {
    case .accepted:
      pending.append(
        .test(PendingTest(refresh: refresh, round: slot, settled: moment, isRetried: false, pfn: pfn)))
    case .retried:
      pending.append(
        .test(PendingTest(refresh: refresh, round: slot, settled: moment, isRetried: true, pfn: pfn)))
    case .failed, .unfinished:
      let round = rounds.remove(slot)
      rows.append(
        .retryRound(round.row(of: refreshes[refresh].id, outcome, decision: round.test == nil ? nil : .unknown)))
    }
  }
}
