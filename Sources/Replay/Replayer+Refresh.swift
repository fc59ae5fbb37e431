// Requests, refreshes and the rounds of their retry loops.

import KVMEvents

extension Replayer {
  /// `kvm_gpc_refresh()`, `kvm_gpc_activate()`: someone asks; the refresh itself follows when it has `refresh_lock`.
  mutating func request(
    _ event: RecordedEvent, _ origin: Refresh.Origin, _ thread: ThreadState, _ moment: Moment
  ) {
    guard let cache = cache(event) else { return }
    giveUpRefresh(of: thread, at: moment)
    if !thread.checks.isEmpty { giveUpChecks(of: thread) }
    thread.request = (cache, origin, moment)
    switch origin {
    case .activate, .activateHva: cache.isActive = nil
    case .refresh, .unknown: cache.uhva = event.uhva ?? cache.uhva
    }
    cache.gpa = event.gpa ?? cache.gpa
  }

  /// `__kvm_gpc_refresh()`, or 6.1's `kvm_gfn_to_pfn_cache_refresh()`: `refresh_lock` is taken next.
  mutating func refresh(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    giveUpRefresh(of: thread, at: moment)
    if !thread.checks.isEmpty { giveUpChecks(of: thread) }
    let request = thread.request.flatMap { $0.cache === cache ? $0 : nil }
    if let generation = event[.slotsGeneration] { cache.vm?.memslots.see(generation: generation) }
    cache.gpa = event.gpa ?? cache.gpa
    cache.uhva = event.oldUhva ?? cache.uhva
    cache.isActive = cache.isActive ?? event[.active].map { $0 == 1 }
    // A mapping that is kept keeps `valid`; that shows only when the refresh returns without a round.
    cache.validity.change(to: false, after: moment, order)
    let refresh = newRefresh(
      of: cache, event.task, thread, request?.origin ?? .unknown, request?.moment, entry: moment)
    refresh.isGPABased = event.gpa.map { $0 != .invalid }
    refresh.wasValid = event[.valid].map { $0 == 1 }
    refresh.oldUHVA = event.oldUhva
    beginBusy(refresh.vm, moment, since: refresh.request)
  }

  /// A round begins; the one before, if any, was repeated.
  mutating func retryLoop(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refresh.vm { noteCount(event, of: vm, thread, moment) }
    cache.uhva = event.uhva ?? cache.uhva
    // 6.1 has the probe behind the snapshot (which it records), 6.12 at the loop's top, before it.
    let isBehindSnapshot = event[.mmuSeq] != nil
    beginRound(refresh, moment, isBehindSnapshot: isBehindSnapshot, loop: moment, uhva: event.uhva)
  }

  private mutating func beginRound(
    _ refresh: RefreshState, _ moment: Moment, isBehindSnapshot: Bool, loop: Moment?, uhva: UHVA?
  ) {
    let before = refresh.round
    if before != nil { probes.showsInvalidations = true }
    endRound(of: refresh, as: .retried, at: moment, pfn: nil)
    if refresh.roundCount == 0, let entry = refresh.entry {
      refresh.cache.validity.settle(after: entry, before: moment)
    }
    refresh.roundCount += 1
    refresh.firstLoop = refresh.firstLoop ?? moment
    if let last = refresh.lastLoop { refresh.stallNs += moment.time - last.time }
    refresh.lastLoop = moment
    let former = before?.test ?? before?.lookupRet ?? refresh.entry
    refresh.round = RoundState(
      number: refresh.roundCount, snapshotLow: isBehindSnapshot ? former ?? moment : moment,
      snapshotHigh: isBehindSnapshot ? moment : nil, loop: loop, uhva: uhva,
      isTorn: (isBehindSnapshot && former == nil) || refresh.isTorn)
    refresh.round?.mayFollowHidden = refresh.vm?.mayHideInvalidations ?? true
    refresh.isTorn = false
  }

  mutating func hvaToPfn(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let refresh = thread.refresh, thread.checks.isEmpty else { return }
    if !probes.has(.gpcRetryLoop) {
      beginRound(refresh, moment, isBehindSnapshot: true, loop: nil, uhva: event.uhva)
    }
    guard let round = refresh.round, round.lookup == nil else { return }
    refresh.round?.lookup = moment
    if round.snapshotHigh == nil { refresh.round?.snapshotHigh = moment }
  }

  mutating func hvaToPfnRet(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let refresh = thread.refresh, refresh.round?.lookup != nil, refresh.round?.lookupRet == nil else { return }
    refresh.round?.lookupRet = moment
  }

  mutating func retryCheck(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    if let vm = refresh.vm { noteCount(event, of: vm, thread, moment) }
    cache.uhva = event.uhva ?? cache.uhva
    if refresh.round == nil || refresh.round?.test != nil {
      // The round's top was lost, or stands before the recording.
      refresh.isTorn = true
      beginRound(refresh, moment, isBehindSnapshot: false, loop: nil, uhva: event.uhva)
    }
    refresh.round?.test = moment
    if refresh.round?.snapshotHigh == nil { refresh.round?.snapshotHigh = moment }
    refresh.round?.recordedCount = event[.activeInvalidations]
    if event[.activeInvalidations] ?? 0 > 0 { probes.showsInvalidations = true }
    refresh.round?.recordedMoves = event[.seq].flatMap { seq in event[.mmuSeq].map { seq &- $0 } }
  }

  /// The round is accepted: `valid`, `pfn` and `khva` are set, and `gpc->lock` is dropped before the next event of the thread.
  mutating func refreshDone(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let cache = cache(event) else { return }
    let refresh = openRefresh(of: cache, event.task, thread, moment)
    cache.uhva = event.uhva ?? cache.uhva
    accept(refresh, after: moment, settled: moment, pfn: event.pfn)
  }

  /// - Parameter settled: the event that shows what the retry test decided.
  private mutating func accept(_ refresh: RefreshState, after moment: Moment, settled: Moment, pfn: PFN?) {
    let cache = refresh.cache
    refresh.acceptedAt = moment
    cache.isActive = true
    cache.validity.change(to: true, after: moment, order)
    cache.mapping = nil
    if let round = refresh.round, !round.isTorn, let lookup = round.lookup, let lookupRet = round.lookupRet,
      let page = cache.page
    {
      cache.mapping = CacheState.Mapping(lookup: lookup, lookupRet: lookupRet, page: page, refresh: refresh.id)
      // Those whose end hooks were called before the page became the cache's.
      for invalidation in refresh.vm?.invalidations ?? [] where invalidation.end != nil {
        markStale(cache, by: invalidation)
      }
    }
    endRound(of: refresh, as: .accepted, at: settled, pfn: pfn)
  }

  mutating func refreshRet(_ event: RecordedEvent, _ thread: ThreadState, _ moment: Moment) {
    guard let refresh = thread.refresh else { return }
    thread.refresh = nil
    thread.request = nil
    refresh.returned = moment
    refresh.ret = event.ret
    let cache = refresh.cache
    // Without the probe for success, the return value tells that the last round was accepted, some time after its last event.
    if event.ret == 0 && !refresh.isAccepted && !probes.has(.gpcRefreshDone), let round = refresh.round {
      let last = round.test ?? round.lookupRet ?? round.lookup ?? round.snapshotLow
      accept(refresh, after: last, settled: moment, pfn: nil)
    }
    // -EINVAL comes before anything is touched; every other error ends with `valid` cleared.
    let hasFailed = event.ret != 0
    let isUntouched = refresh.roundCount == 0 && (event.ret == 0 || event.ret == Self.invalidArgument)
    endRound(of: refresh, as: hasFailed ? .failed : .unfinished, at: moment, pfn: nil)
    // With a round, the loop's top has settled it.
    if let entry = refresh.entry, refresh.roundCount == 0 {
      if isUntouched {
        cache.validity.withdraw(after: entry)
      } else {
        cache.validity.settle(after: entry, before: moment)
      }
    }
    if let accepted = refresh.acceptedAt { cache.validity.settle(after: accepted, before: moment) }
    if hasFailed && !isUntouched { cache.mapping = nil }
    close(refresh, at: moment)
  }

  /// `-EINVAL`.
  private static var invalidArgument: Int64 { -22 }

  // MARK: Opening and closing

  private mutating func newRefresh(
    of cache: CacheState, _ task: TaskID, _ thread: ThreadState, _ origin: Refresh.Origin, _ request: Moment?,
    entry: Moment?
  ) -> RefreshState {
    refreshCount += 1
    let refresh = RefreshState(
      id: refreshCount, cache: cache, vm: cache.vm, task: task, thread: thread.index, origin: origin,
      request: request, entry: entry)
    thread.refresh = refresh
    cache.vm?.openRefreshes.append(refresh)
    return refresh
  }

  /// The refresh that the thread is in; one that began before the recording (or whose begin was lost) is known from here on only.
  private mutating func openRefresh(
    of cache: CacheState, _ task: TaskID, _ thread: ThreadState, _ moment: Moment
  ) -> RefreshState {
    if let refresh = thread.refresh, refresh.cache === cache { return refresh }
    giveUpRefresh(of: thread, at: moment)
    let refresh = newRefresh(of: cache, task, thread, .unknown, nil, entry: nil)
    beginBusy(refresh.vm, moment)
    return refresh
  }

  /// A refresh whose return is not recorded: the thread is doing what it cannot do inside one.
  mutating func giveUpRefresh(of thread: ThreadState, at moment: Moment) {
    guard let refresh = thread.refresh else { return }
    thread.refresh = nil
    endRound(of: refresh, as: .unfinished, at: moment, pfn: nil)
    refresh.cache.taint()
    close(refresh, at: moment)
  }

  mutating func closeOpenRefreshes() {
    for thread in threads.values.sorted(by: { $0.index < $1.index }) {
      guard let refresh = thread.refresh, let last = refresh.round?.test ?? refresh.lastLoop ?? refresh.entry else {
        continue
      }
      giveUpRefresh(of: thread, at: last)
    }
  }

  private mutating func close(_ refresh: RefreshState, at moment: Moment) {
    refresh.vm?.openRefreshes.removeAll { $0 === refresh }
    record(refresh, moment)
    pending.append(.refresh(refresh, moment))
  }

  /// Ends the current round, if there is one: its test waits for its evidence, a round without a test is told as it is.
  private mutating func endRound(
    of refresh: RefreshState, as outcome: RetryRound.Outcome, at moment: Moment, pfn: PFN?
  ) {
    guard let round = refresh.round else { return }
    refresh.round = nil
    if recordsWindows {
      refresh.rounds.append(
        RecordedRefresh.Round(loop: round.loop, lookup: round.lookup, lookupRet: round.lookupRet, test: round.test))
      // A round that began unseen: nothing can be set anew in time.
      if round.isTorn { refresh.vm?.window.cast(.incomplete) }
    }
    switch outcome {
    case .accepted, .retried:
      pending.append(
        .test(
          PendingTest(refresh: refresh, round: round, settled: moment, isRetried: outcome == .retried, pfn: pfn)))
    case .failed, .unfinished:
      rows.append(.retryRound(round.row(of: refresh, outcome, decision: round.test == nil ? nil : .unknown)))
    }
  }
}
