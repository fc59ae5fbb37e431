// What each step of an operation means for the replay: what waits to be decided, and what a cache's `valid` can have
// been.

import KVMEvents
import Operations
import Results

extension Replayer {
  mutating func judgeSteps(now: Int64) {
    if operations.steps.isEmpty { return }
    while judgedCaches.count < operations.caches.count { judgedCaches.append(JudgedCache()) }
    for index in operations.steps.indices { judge(operations.steps[index], now) }
    operations.removeSteps()
  }

  private mutating func judge(_ step: OperationStep, _ now: Int64) {
    switch step {
    case .began(let invalidation): begin(invalidation, now)
    case .walkBegan(let invalidation, let moment):
      walk(invalidation, from: moment)
      askForWalk(invalidation, at: moment)
    case .walkEnded(let invalidation, let moment):
      settleWalk(of: invalidation, before: moment)
      if let start = invalidation.start, invalidation.startRet?.id == moment.id {
        see(invalidation.recordedSeq, after: start, before: moment, in: invalidation.vm)
      }
    case .endEntered(let invalidation): enterEnd(invalidation)
    case .closed(let invalidation): close(invalidation)
    case .doubtEnded(let vm): decideDeferred(of: vm)

    case .initialised(let cache, let moment):
      judgedCaches[cache].validity.record(false, at: moment, order)
      judgedCaches[cache].pfnIsError = true
    case .attached(let cache, let uhva): meetRunningWalks(cache, uhva: uhva)
    case .deactivated(let cache, let moment):
      judgedCaches[cache].validity.change(to: false, after: moment, order)
      judgedCaches[cache].mapping = nil
      // It may still wait for `refresh_lock`.
      judgedCaches[cache].pfnIsError = nil
      judgedCaches[cache].isAloneInDeactivation = true
    case .deactivationEnded(let cache, let entry, let moment):
      judgedCaches[cache].validity.settle(after: entry, before: moment)
      if judgedCaches[cache].isAloneInDeactivation { judgedCaches[cache].pfnIsError = true }

    case .entered(let refresh): enter(refresh)
    case .loopReached(let slot, let moment):
      if let entry = operations.refreshes[slot].entry {
        judgedCaches[operations.refreshes[slot].cache].validity.settle(after: entry, before: moment)
      }
    case .lookedUp(let refresh, let round): seeLookup(round, of: refresh)
    case .roundEnded(let refresh, let round, let outcome, let settled, let pfn):
      end(round, of: refresh, outcome, settled, pfn)
      decideChecks(of: operations.refreshes[refresh].cache)
    case .accepted(let refresh, let round, let moment): accept(refresh, round, after: moment)
    case .returned(let refresh, let moment): leave(refresh, at: moment)
    case .abandoned(let refresh, let moment):
      let state = operations.refreshes[refresh]
      judgedCaches[state.cache].forget(before: state.firstSeen, order)
      decideChecks(of: state.cache)
      pending.append(.refresh(refresh, moment))

    case .checked(let check, let ret, let answer):
      let isMapped = !operations.mayBeAccepted(check.cache, before: ret)
      pending.append(
        .check(
          PendingCheck(
            state: check, ret: ret, answer: answer, mapping: isMapped ? judgedCaches[check.cache].mapping : nil)))
    case .unanswered(let check):
      rows.append(
        .cacheCheck(
          CacheCheck(
            id: check.id, cache: operations.caches[check.cache].id, task: check.task, entryEvent: check.entry.id,
            returnEvent: nil, answer: nil, decision: nil)))
    case .memslotEnded(let slot): rows.append(.memslot(slot))
    case .lost(let loss, let since, let before, let touched):
      if let loss { rows.append(.loss(loss)) }
      decideChecks(of: undecidedChecks.keys.sorted(), lostSince: since)
      for cache in judgedCaches.takeTouched() where mayLose(cache, since: since) { judgedCaches[cache].forget() }
      // To have forgotten is no change.
      _ = judgedCaches.takeTouched()
      for vm in touched {
        for invalidation in vm.invalidations where invalidation.isInDoubt { giveUpContracts(of: invalidation) }
        seqTrails[vm.id, default: SeqTrail()].meetLoss()
        busy[vm.id]?.doubt()
      }
      doubt(.all, since: since, before: before)
    case .doubted(let vm, let since, let event):
      decideChecks(of: vm.caches, lostSince: since)
      doubt(.these([vm.id]), since: since, before: event)
    }
  }

  // MARK: Invalidations

  private mutating func begin(_ invalidation: InvalidationState, _ now: Int64) {
    let vm = invalidation.vm
    seeRemover(invalidation)
    busy[vm.id, default: BusyPeriods()].begin(invalidation, deltaNs: options.deltaNs)
    if vm.invalidations.count >= vm.pruneAt {
      operations.prune(vm, now: now, keepingSince: pending.oldestSnapshot(operations.rounds))
    }
    guard let start = invalidation.start else {
      // Hidden invalidations have turned up: waiting tests may have seen them.
      guard var waiting = deferred[vm.id] else { return }
      deferredReferences -= waiting.reduce(0) { $0 + $1.relevant.count }
      for index in waiting.indices { waiting[index].add(invalidation) }
      deferredReferences += waiting.reduce(0) { $0 + $1.relevant.count }
      deferred[vm.id] = waiting
      return
    }
    // Until its own event shows where it begins.
    if !operations.probes.has(.gpcInvalidateStart) { walk(invalidation, from: start) }
  }

  /// `gfn_to_pfn_cache_invalidate_start()`: clears `valid` in the caches of the range, each under its lock, before the
  /// hook returns.
  private mutating func walk(_ invalidation: InvalidationState, from moment: Moment) {
    let vm = invalidation.vm
    for cache in caches(of: vm, in: invalidation.range) where operations.caches[cache].isActive != false {
      guard let uhva = operations.caches[cache].uhva else {
        judgedCaches[cache].forget(before: moment, order)
        continue
      }
      if !uhva.isError && invalidation.range.contains(uhva.page) {
        judgedCaches[cache].validity.change(to: false, after: moment, order)
        note(cache, inWalkFrom: moment, of: vm)
      }
    }
  }

  /// Without the walk's event it may lie in either hook: the end hook's return ends it.
  private mutating func settleWalk(of invalidation: InvalidationState, before moment: Moment) {
    if let walk = invalidation.walk { settle(walk, of: invalidation.vm, before: moment) }
    guard let start = invalidation.start, invalidation.walk != nil || invalidation.endRet != nil else {
      return
    }
    settle(start, of: invalidation.vm, before: moment)
  }

  private mutating func settle(_ begin: Moment, of vm: VMState, before moment: Moment) {
    for cache in cachesWalked(from: begin, of: vm) {
      judgedCaches[cache].validity.settle(after: begin, before: moment)
    }
  }

  /// A walk in progress may still reach the cache: one that existed before its first event, or that takes another page.
  private mutating func meetRunningWalks(_ cache: CacheNumber, uhva: UHVA?) {
    guard let vm = operations.caches[cache].vm, let uhva, !uhva.isError else { return }
    for invalidation in vm.invalidations where invalidation.close == nil && invalidation.overlaps(page: uhva.page) {
      guard let begin = invalidation.walk ?? (operations.probes.has(.gpcInvalidateStart) ? nil : invalidation.start)
      else { continue }
      let isOver = invalidation.walkIsInEndHook == false && invalidation.startRet != nil
      if !isOver {
        judgedCaches[cache].validity.changeOnce(to: false, after: begin, order)
        note(cache, inWalkFrom: begin, of: vm)
      }
    }
  }

  private mutating func enterEnd(_ invalidation: InvalidationState) {
    markStale(by: invalidation)
    if mayMoveSeq(invalidation), let end = invalidation.end {
      seqTrails[invalidation.vm.id, default: SeqTrail()].enter(end, order)
    }
    guard !contractChecks.isEmpty, let checks = contractChecks.removeValue(forKey: invalidation.id) else { return }
    contractReferences -= checks.count
    for waiting in checks { reportContract(waiting.check, invalidation) }
  }

  private func mayMoveSeq(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot != false || form.rules.seq == .gpc || !form.rules.seqNeedsMemslot
  }

  private mutating func see(_ seq: UInt64?, after low: Moment?, before high: Moment, in vm: VMState) {
    seqTrails[vm.id, default: SeqTrail()].see(seq, after: low, before: high, order, in: vm)
  }

  private mutating func close(_ invalidation: InvalidationState) {
    if invalidation.end != nil, mayMoveSeq(invalidation) {
      seqTrails[invalidation.vm.id, default: SeqTrail()].leave(invalidation.endRet)
    }
    giveUpContracts(of: invalidation)
    forgetWalk(of: invalidation)
    rows.append(.invalidation(invalidation.row))
    busy[invalidation.vm.id, default: BusyPeriods()].close(invalidation)
    if !deferred.isEmpty { decideDeferred(of: invalidation.vm) }
  }

  /// The end of its window is not recorded: whether these checks lie inside is not known.
  private mutating func giveUpContracts(of invalidation: InvalidationState) {
    guard !contractChecks.isEmpty, let checks = contractChecks.removeValue(forKey: invalidation.id) else { return }
    contractReferences -= checks.count
    for waiting in checks { noteOverlap(waiting.check, invalidation) }
  }

  // MARK: Refreshes

  private mutating func enter(_ slot: RefreshSlot) {
    // A mapping that is kept keeps `valid`; that is known only when the refresh returns without a round.
    let cache = operations.refreshes[slot].cache
    if let entry = operations.refreshes[slot].entry {
      judgedCaches[cache].validity.change(to: false, after: entry, order)
    }
    if asked.isEmpty { return }
    judgedCaches[cache].isAloneInDeactivation = false
    let pfnIsError = operations.isAloneInRefresh(slot) ? judgedCaches[cache].pfnIsError : nil
    change(slot) { $0.oldPFNIsError = pfnIsError }
  }

  /// What its rounds add up to.
  func judged(_ slot: RefreshSlot) -> JudgedRefresh {
    slot.index < judgedRefreshes.count ? judgedRefreshes[slot.index] : JudgedRefresh()
  }

  mutating func change(_ slot: RefreshSlot, _ body: (inout JudgedRefresh) -> Void) {
    while judgedRefreshes.count <= slot.index { judgedRefreshes.append(JudgedRefresh()) }
    body(&judgedRefreshes[slot.index])
  }

  /// A round's test waits for its evidence; a round without a test is reported as it is.
  private mutating func end(
    _ round: RoundSlot, of refresh: RefreshSlot, _ outcome: RetryRound.Outcome, _ settled: Moment, _ pfn: PFN?
  ) {
    switch outcome {
    case .accepted, .retried:
      if let seq = operations.rounds[round].recordedSeq, let vm = operations.refreshes[refresh].vm {
        see(seq, after: operations.rounds[round].test, before: settled, in: vm)
      }
      pending.append(
        .test(
          PendingTest(
            refresh: refresh, round: round, settled: settled, isRetried: outcome == .retried, pfn: pfn,
            oldPFNIsError: judged(refresh).oldPFNIsError)))
      if outcome == .accepted {
        judgedCaches[operations.refreshes[refresh].cache].pfnIsError = pfn?.isError
        judgedCaches[operations.refreshes[refresh].cache].isAloneInDeactivation = false
      }
    case .failed, .unfinished:
      let state = operations.freeRound(round)
      rows.append(
        .retryRound(
          state.row(
            of: operations.refreshes[refresh].id, outcome, decision: state.test == nil ? nil : .unknown,
            doubt: state.test == nil ? nil : operations.refreshes[refresh].vm?.hasGap ?? false ? .loss : .part)))
    }
  }

  private mutating func accept(_ slot: RefreshSlot, _ round: RoundSlot?, after moment: Moment) {
    let refresh = operations.refreshes[slot]
    let cache = refresh.cache
    judgedCaches[cache].validity.change(to: true, after: moment, order)
    meetRunningWalks(cache, uhva: operations.caches[cache].uhva)
    judgedCaches[cache].mapping = nil
    guard let round = round.map({ operations.rounds[$0] }), !round.isTorn, let lookup = round.lookup,
      let lookupRet = round.lookupRet, let page = operations.caches[cache].page
    else { return }
    judgedCaches[cache].mapping = JudgedCache.Mapping(
      lookup: lookup, lookupRet: lookupRet, page: page, pfn: round.pfn, refresh: refresh.id,
      isOfFunctionLevel: round.test == nil,
      removers: refresh.vm.map { Removers(of: page, since: lookup, in: $0, order) } ?? Removers())
    // Those whose end hooks were called before the page became the cache's.
    for invalidation in refresh.vm?.invalidations ?? [] where invalidation.end != nil {
      markStale(cache, by: invalidation)
    }
  }

  private mutating func leave(_ slot: RefreshSlot, at moment: Moment) {
    let refresh = operations.refreshes[slot]
    let cache = refresh.cache
    // With a round, the loop's top has settled it.
    if let entry = refresh.entry, refresh.roundCount == 0 {
      if refresh.endsDoubt {
        // What it found was left by an unrecorded one.
        judgedCaches[cache].validity.withdraw(after: entry)
        judgedCaches[cache].forget(before: entry, order)
      } else if refresh.isUntouched {
        judgedCaches[cache].validity.withdraw(after: entry)
        let valid = judgedCaches[cache].validity.possible(from: entry, to: moment, order)
        if refresh.ret == 0 && !valid.canBeTrue {
          // It kept what was not valid: a form with rounds without a lookup, or a walk with too wide a range.
          judgedCaches[cache].forget(before: entry, order)
        }
      } else {
        judgedCaches[cache].validity.settle(after: entry, before: moment)
      }
    }
    if let accepted = refresh.acceptedAt { judgedCaches[cache].validity.settle(after: accepted, before: moment) }
    if refresh.ret != 0 && !refresh.isUntouched {
      judgedCaches[cache].mapping = nil
      judgedCaches[cache].pfnIsError = refresh.ret == nil ? nil : true
    }
    decideChecks(of: cache)
    pending.append(.refresh(slot, moment))
  }

  // MARK: Losses

  /// Verdicts on these VMs between two events were reached without what is not recorded: this withdraws them.
  private mutating func doubt(_ vms: AffectedVMs, since: EventID, before: EventID) {
    for vm in deferred.keys where vms.contains(vm) {
      deferred[vm]?.meetLoss(since: since)
    }
    pending.taint(after: since) { operations.meetLoss($0) }
    doubtWatches(of: vms)
    if case .these(let vms) = vms { for vm in vms { busy[vm]?.doubt() } }
    asked.forget(vms: vms, after: since)
    rows.append(.taint(vms: vms, after: since, before: before))
  }

  /// A cache of no VM, or of one that existed at the gap.
  private func mayLose(_ cache: CacheNumber, since: EventID) -> Bool {
    operations.caches[cache].vm.map { !$0.isGone || $0.lastEvent > since } ?? true
  }
}
