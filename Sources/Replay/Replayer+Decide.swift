// Decides what has waited for its evidence, and reports what is wrong.

import GPCProtocol
import KVMEvents
import Operations
import Results

extension Replayer {
  mutating func decide(_ decision: consuming PendingDecision) {
    switch consume decision {
    case .test(let test): decide(test)
    case .check(let check): decide(check)
    case .refresh(let refresh, _):
      if judged(refresh).deferredCount == 0 {
        report(refresh)
      } else {
        change(refresh) { $0.isClosed = true }
      }
    }
  }

  // MARK: Retry tests

  private mutating func decide(_ test: PendingTest) {
    let round = operations.freeRound(test.round)
    guard let tested = round.testLow, let vm = operations.refreshes[test.refresh].vm else {
      // No event for the test nor the lookup: it is known that the round was repeated, but not why.
      let cause: RetryRound.Cause? = test.isRetried ? .unknown : nil
      count(cause, test, round)
      rows.append(
        .retryRound(
          row(
            test, round, decision: nil, doubt: cause == nil ? nil : .part,
            verdict: cause.map { RetryEvidence.RoundCause(cause: $0) })))
      return
    }
    let evidence = RetryEvidence(
      test: test, round: round, tested: tested, vm: vm, order: order,
      hasEndKvm: operations.probes.has(.mnInvalidateEndKvm),
      mayHideInvalidations: vm.mayHideInvalidations(since: round.snapshotLow, order) || operations.hasUntiedNotifier)
    if evidence.isInDoubt(in: vm) && deferred[vm.id]?.count ?? 0 < Self.deferredMax {
      change(test.refresh) { $0.deferredCount += 1 }
      deferred[vm.id, default: []].append(evidence)
      deferredCount += 1
      deferredReferences += evidence.relevant.count
    } else {
      decide(evidence, isDeferred: false)
    }
  }

  /// Bounds what a lossy recording can keep waiting.
  private static var deferredMax: Int { 16_384 }

  private mutating func decide(_ evidence: RetryEvidence, isDeferred: Bool) {
    let test = evidence.test
    holdCount(against: evidence)
    let page = (evidence.round.uhva ?? operations.caches[operations.refreshes[test.refresh].cache].uhva).flatMap {
      $0.isError ? nil : $0.page
    }
    let vm = operations.refreshes[test.refresh].vm
    let facts = FormFacts(evidence, page: page, vm.flatMap { busy[$0.id] })
    let decision = evidence.decision(testRule, facts)
    if !asked.isEmpty { ask(evidence, facts, vm: vm?.id) }
    let verdict = test.isRetried ? evidence.cause(page: page, testRule, facts) : nil
    count(verdict?.cause, test, evidence.round)
    let doubt = evidence.doubt(of: decision, verdict?.cause, hasPage: page != nil, testRule)
    rows.append(.retryRound(row(test, evidence.round, decision: decision, doubt: doubt, verdict: verdict)))
    // Matched, as in everything that handles each test and round: `==` of another module's enum is a call through its
    // witness.
    if case .disagrees = decision { reportDivergence(evidence) }
    if !test.isRetried, let page {
      reportStale(evidence, page, isDeferred: isDeferred)
      noteOverlap(evidence, page, decision)
    }
  }

  /// The count that the test's own probe read, and what the recorded invalidations make it (evidence, rules 19 and 20).
  private mutating func holdCount(against evidence: RetryEvidence) {
    guard let (count, bounds) = evidence.recordedCount, let vm = operations.refreshes[evidence.test.refresh].vm else {
      return
    }
    if count == 0 && bounds.least > 0 {
      return operations.omissions.noteZeroCount(at: evidence.low.id, least: bounds.least)
    }
    operations.hold(count, against: bounds, of: vm, at: evidence.low.id)
  }

  /// An invalidation's fate is known: decides the tests that waited for that, and the rows of their refreshes.
  mutating func decideDeferred(of vm: VMState, isLast: Bool = false) {
    guard var waiting = deferred.removeValue(forKey: vm.id) else { return }
    for index in waiting.indices where isLast || !waiting[index].awaitsAnEnd { waiting[index].look() }
    let firstReady = waiting.partition { isLast || !$0.isInDoubt(in: vm) }
    let ready = waiting[firstReady...].sorted { $0.test.settled.id < $1.test.settled.id }
    waiting.removeSubrange(firstReady...)
    if !waiting.isEmpty { deferred[vm.id] = waiting }
    for evidence in ready {
      deferredCount -= 1
      deferredReferences -= evidence.relevant.count
      decide(evidence, isDeferred: true)
      let refresh = evidence.test.refresh
      change(refresh) { $0.deferredCount -= 1 }
      if judged(refresh).isClosed && judged(refresh).deferredCount == 0 { report(refresh) }
    }
  }

  private func row(
    _ test: PendingTest, _ round: RoundState, decision: Decision?, doubt: Doubt?, verdict: RetryEvidence.RoundCause?
  ) -> RetryRound {
    round.row(
      of: operations.refreshes[test.refresh].id, test.isRetried ? .retried : .accepted, decision: decision,
      doubt: doubt, verdict: verdict, settled: test.settled)
  }

  private mutating func count(_ cause: RetryRound.Cause?, _ test: PendingTest, _ round: RoundState) {
    guard let cause else { return }
    change(test.refresh) { $0.count(cause, from: round.loop ?? round.lookup, to: test.settled) }
  }

  // MARK: Checks

  private mutating func decide(_ check: PendingCheck) {
    let cache = check.state.cache
    let isBehindOne = undecidedCount > 0 && undecidedChecks[cache] != nil
    let mustWait = isBehindOne || operations.mayBeAccepted(cache, before: check.ret)
    if mustWait && undecidedCount < Self.undecidedMax {
      undecidedChecks[cache, default: []].append(check)
      undecidedCount += 1
      if check.answer && !check.meetsLoss { findContract(check) }
    } else {
      let isMappingKnown = settle(check)
      if check.answer && !check.meetsLoss {
        findContract(check)
        findStale(check, isMappingKnown: isMappingKnown)
      }
    }
  }

  private mutating func settleBelated(_ check: PendingCheck) {
    let isMappingKnown = settle(check)
    if check.answer && !check.meetsLoss { findStale(check, isMappingKnown: isMappingKnown) }
  }

  /// Bounds what a refresh that does not return can keep waiting.
  private static var undecidedMax: Int { 16_384 }

  /// A round of the cache's refresh is over: decides the checks that waited for that.
  mutating func decideChecks(of cache: CacheNumber) {
    guard undecidedCount > 0, let waiting = undecidedChecks.removeValue(forKey: cache) else { return }
    let stillOpen = waiting.firstIndex { operations.mayBeAccepted(cache, before: $0.ret) } ?? waiting.endIndex
    if stillOpen < waiting.endIndex { undecidedChecks[cache] = Array(waiting[stillOpen...]) }
    undecidedCount -= stillOpen
    for check in waiting[..<stillOpen] { settleBelated(check) }
  }

  /// Nothing more is to come for these caches, or it is not recorded.
  /// - Parameter event: what returned after it met a loss.
  mutating func decideChecks(of caches: some Sequence<CacheNumber>, lostSince event: EventID = .max) {
    if undecidedCount == 0 { return }
    for cache in caches {
      undecidedCount -= undecidedChecks[cache]?.count ?? 0
      for var check in undecidedChecks.removeValue(forKey: cache) ?? [] {
        check.meetsLoss = check.meetsLoss || check.ret.id > event
        settleBelated(check)
      }
    }
  }

  /// - Returns: no unrecorded refresh may have replaced the cache's mapping.
  private mutating func settle(_ check: PendingCheck) -> Bool {
    let state = check.state
    let (decision, doubt) = decision(of: check)
    if !check.meetsLoss {
      let changes = operations.caches[state.cache].vm?.memslots.changeCount
      survey.see(
        state, answer: check.answer, isSteady: state.memslotChange == changes && !state.mayHideMemslotChange)
    }
    // The field was read under the lock of this check: from here on `valid` is known again.
    if let valid = state.recordedValid, !check.meetsLoss {
      judgedCaches[state.cache].validity.record(valid, at: state.entry, order)
    }
    rows.append(
      .cacheCheck(
        CacheCheck(
          id: state.id, cache: operations.caches[state.cache].id, task: state.task, entryEvent: state.entry.id,
          returnEvent: check.ret.id, answer: check.answer, decision: decision, doubt: doubt)))
    // An unrecorded refresh or invalidation may have set or cleared `valid` (evidence, rule 19). Then a page may have
    // been looked up again, too.
    var isMappingKnown = true
    if case .disagrees = decision {
      isMappingKnown = false
      contradictingChecks += 1
      reportDivergence(check)
    }
    if let mapping = check.mapping {
      if state.uhva.map({ $0.page != mapping.page }) ?? false { isMappingKnown = false }
      if !isMappingKnown { judgedCaches[state.cache].doubtedMapping = mapping.refresh }
      if judgedCaches[state.cache].doubtedMapping == mapping.refresh { isMappingKnown = false }
    }
    return isMappingKnown
  }

  private func decision(of check: PendingCheck) -> (Decision, Doubt?) {
    let state = check.state
    if check.meetsLoss { return (.unknown, .loss) }
    let vm = operations.caches[state.cache].vm
    // The generation may have moved between the probe's read and the kernel's (evidence, rule 24).
    let isUnderUpdate =
      state.conditions.dependOnGeneration
      && (state.memslotChange == nil || state.memslotChange != vm?.memslots.changeCount)
    var othersHold = isUnderUpdate ? nil : state.conditions.hold
    // A newer generation of the memslots is never that of the cache: only a yes is in question.
    if othersHold == true && state.conditions.dependOnGeneration && state.mayHideMemslotChange { othersHold = nil }
    let yes = (check.answer ? Decision.agrees : .disagrees, Doubt?.none)
    let no = (check.answer ? Decision.disagrees : .agrees, Doubt?.none)
    if othersHold == false { return no }
    // What is not known about the cache is from before the recording, or was lost.
    let unseen = vm?.hasGap ?? false ? Doubt.loss : .before
    var valid = judgedCaches[state.cache].validity.possible(from: state.entry, to: check.ret, order)
    if valid.isUnknown { return (.unknown, unseen) }
    if operations.mayBeAccepted(state.cache, before: check.ret) { valid.canBeTrue = true }
    let isSureOfOne = valid.canBeTrue != valid.canBeFalse
    // An unrecorded refresh may have set it, a walk may have cleared it.
    if state.mayHideRefresh { valid.canBeTrue = true }
    if vm?.mayHideInvalidations(since: state.entry, order) ?? true || operations.hasUntiedNotifier {
      valid.canBeFalse = true
    }
    if valid.canBeTrue && valid.canBeFalse { return isSureOfOne ? (.unknown, unseen) : (.open, .order) }
    if valid.canBeFalse { return no }
    guard othersHold == true else {
      if check.answer { return yes }
      if isUnderUpdate { return (.open, .memslotUpdate) }
      return (.unknown, state.conditions.hold == nil ? .part : unseen)
    }
    return yes
  }

  /// A check that said yes inside the contract window of an overlapping invalidation (evidence, rule 7); reported when
  /// the end of that invalidation shows that it was one. One that may lie inside partly is noted.
  private mutating func findContract(_ check: PendingCheck) {
    guard let vm = operations.caches[check.state.cache].vm, let uhva = check.state.uhva, !uhva.isError else { return }
    var shared: SharedCheck?
    var partly: InvalidationState?
    var insideCount = 0
    for invalidation in vm.invalidations where invalidation.overlaps(page: uhva.page) {
      if insideCount == Self.windowsMax {
        partly = partly ?? invalidation
        break
      }
      switch invalidation.window(around: check.state.entry, check.ret, order) {
      case .outside: break
      case .partly: partly = partly ?? invalidation
      case .inside:
        insideCount += 1
        reportContract(check, invalidation)
      case .insideSoFar:
        insideCount += 1
        contractReferences += 1
        let waiting = shared ?? SharedCheck(check)
        shared = waiting
        contractChecks[invalidation.id, default: []].append(waiting)
      }
    }
    if let partly { noteOverlap(check, partly) }
  }

  /// A check is compared with so many windows; whether it missed one more is left open. Else findings, and what waits
  /// for them, would be checks times open invalidations.
  private static var windowsMax: Int { 64 }

  private mutating func findStale(_ check: PendingCheck, isMappingKnown: Bool) {
    // If it is of another page, it belongs to an unrecorded refresh.
    guard let mapping = check.mapping, check.state.uhva?.page ?? mapping.page == mapping.page,
      let (invalidation, known) = mapping.staleBy, !mapping.isReported,
      order.surely(invalidation.end, before: check.state.entry)
    else { return }
    let cache = check.state.cache
    let certainty = isMappingKnown ? known : .possible
    if let current = judgedCaches[cache].mapping, current.refresh == mapping.refresh {
      // The round's own test, or an earlier check, may have reported it already.
      if current.isReported { return }
      judgedCaches[cache].mapping?.isReported = true
    }
    report(
      .stale, certainty, vm: operations.caches[cache].vm, cache: cache, event: check.ret.id,
      invalidation: invalidation, refresh: mapping.refresh, check: check.state.id,
      proof: [mapping.lookup.id, mapping.lookupRet.id] + invalidation.proof + [check.state.entry.id, check.ret.id],
      summary: FindingText.staleCheck(check, invalidation, known, isMappingKnown: isMappingKnown),
      watch: isMappingKnown ? mapping.watch : nil, lack: isMappingKnown ? .errorPFN : .unrecordedRefresh)
  }

  /// The invalidation's end hook is called: the pages that the caches of its range map were freed, if they were looked
  /// up before that.
  mutating func markStale(by invalidation: InvalidationState) {
    for cache in caches(of: invalidation.vm, in: invalidation.range)
    where judgedCaches[cache].maps(pageOf: invalidation) {
      markStale(cache, by: invalidation)
    }
  }

  mutating func markStale(_ cache: CacheNumber, by invalidation: InvalidationState) {
    guard let mapping = judgedCaches[cache].mapping, invalidation.overlaps(page: mapping.page),
      mapping.staleBy?.certainty != .certain,
      invalidation.selfLookup == nil || invalidation.selfLookup != mapping.lookup.id,
      let certainty = invalidation.removal(
        ofLookup: mapping.lookup, to: mapping.lookupRet, isOfFunctionLevel: mapping.isOfFunctionLevel, order)
    else { return }
    if mapping.staleBy == nil || certainty == .certain {
      let watch = watch(
        mapping.page, mapping.pfn, lookedUp: mapping.lookup, removedBy: invalidation, mapping.removers)
      judgedCaches[cache].mapping?.staleBy = (invalidation, certainty)
      judgedCaches[cache].mapping?.watch = watch
    }
  }

  // MARK: Findings

  mutating func reportContract(_ check: PendingCheck, _ invalidation: InvalidationState) {
    report(
      .contract, .certain, vm: operations.caches[check.state.cache].vm, cache: check.state.cache, event: check.ret.id,
      invalidation: invalidation, refresh: nil, check: check.state.id,
      proof: invalidation.proof + [check.state.entry.id, check.ret.id],
      summary: FindingText.contract(check, invalidation))
  }

  /// Whether this check missed the invalidation is not shown.
  mutating func noteOverlap(_ check: PendingCheck, _ invalidation: InvalidationState) {
    rows.append(
      .undecidedOverlap(
        UndecidedOverlap(
          subject: .check, event: check.ret.id, cache: operations.caches[check.state.cache].id,
          invalidation: invalidation.id, check: check.state.id)))
  }

  /// The same of a test that was accepted.
  private mutating func noteOverlap(_ evidence: RetryEvidence, _ page: UHVA, _ decision: Decision) {
    guard let invalidation = evidence.undecidedOverlap(page: page, decision) else { return }
    let refresh = operations.refreshes[evidence.test.refresh]
    rows.append(
      .undecidedOverlap(
        UndecidedOverlap(
          subject: .retryTest, event: evidence.low.id, cache: operations.caches[refresh.cache].id,
          invalidation: invalidation.id, refresh: refresh.id)))
  }

  private mutating func reportDivergence(_ check: PendingCheck) {
    report(
      .divergence, .possible, vm: operations.caches[check.state.cache].vm, cache: check.state.cache,
      event: check.ret.id,
      invalidation: nil, refresh: nil, check: check.state.id, proof: [check.state.entry.id, check.ret.id],
      summary: FindingText.divergence(check))
  }

  private mutating func reportDivergence(_ evidence: RetryEvidence) {
    let test = evidence.test
    let refresh = operations.refreshes[test.refresh]
    let cited = evidence.deciding(testRule.seq)
    report(
      .divergence, evidence.provesItself(form.rules.retry) ? .certain : .possible, vm: refresh.vm, cache: refresh.cache,
      event: evidence.low.id,
      invalidation: cited, refresh: refresh.id, check: nil,
      proof: evidence.round.proof + (cited?.proof ?? []) + [test.settled.id],
      summary: FindingText.divergence(evidence, cited))
  }

  private mutating func reportStale(_ evidence: RetryEvidence, _ page: UHVA, isDeferred: Bool) {
    let test = evidence.test
    let found = evidence.staleCause(page: page)
    let hasErrorPFN = test.pfn?.isError ?? false
    guard found != nil || hasErrorPFN else { return }
    let certainty = hasErrorPFN ? .certain : found?.certainty ?? .possible
    let refresh = operations.refreshes[test.refresh]
    if judgedCaches[refresh.cache].mapping?.refresh == refresh.id {
      judgedCaches[refresh.cache].mapping?.isReported = true
    }
    let watch = found.flatMap { found in
      evidence.round.lookup.map {
        self.watch(page, evidence.round.pfn, lookedUp: $0, removedBy: found.invalidation, nil)
      }
    }
    // It has waited for what a gap may hide.
    if isDeferred { watch?.lack(.loss) }
    if hasErrorPFN { watch?.lack(.errorPFN) }
    report(
      .stale, certainty, vm: refresh.vm, cache: refresh.cache, event: evidence.low.id,
      invalidation: found?.invalidation, refresh: refresh.id, check: nil,
      proof: evidence.round.proof + (found?.invalidation.proof ?? []) + [test.settled.id],
      summary: FindingText.staleRound(evidence, found?.invalidation, certainty), watch: watch)
  }

  /// The refresh's row, and whether its false retries are too many.
  private mutating func report(_ slot: RefreshSlot) {
    let refresh = operations.freeRefresh(slot)
    let judged = judged(slot)
    change(slot) { $0 = JudgedRefresh() }
    rows.append(.refresh(refresh.row(cache: operations.caches[refresh.cache].id, judged)))
    guard judged.falseCount > options.retriesMax || judged.falseNs > options.stallMaxNs else { return }
    let event = refresh.entry?.id ?? judged.firstFalse ?? 0
    report(
      .excessiveRetry, .certain, vm: refresh.vm, cache: refresh.cache, event: event, invalidation: nil,
      refresh: refresh.id, check: nil,
      proof: [refresh.entry?.id, judged.firstFalse, judged.lastFalse, refresh.returned?.id].compactMap { $0 },
      summary: FindingText.excessive(
        refresh, judged, uhva: operations.caches[refresh.cache].uhva, options.stampUnit))
  }

  mutating func report(
    _ kind: Finding.Kind, _ certainty: Finding.Certainty, vm: VMState?, cache: CacheNumber?, event: EventID,
    invalidation: InvalidationState?, refresh: Int64?, check: Int64?, proof: [EventID], summary: String,
    watch: Watch? = nil, lack: Witness.Lack = .errorPFN
  ) {
    findingCount += 1
    let isCertain = certainty == .certain && !options.mayHideLoss
    // What a lookup shows about it follows in a row of its own.
    let witness = kind == .stale ? Witness.none(watch == nil ? lack : .notLookedUp) : nil
    rows.append(
      .finding(
        Finding(
          id: findingCount, kind: kind, certainty: isCertain ? .certain : .possible, vm: vm?.id,
          cache: cache.map { operations.caches[$0].id },
          event: event,
          invalidation: invalidation?.id, refresh: refresh, check: check, proof: Array(Set(proof)).sorted(),
          summary: summary, witness: witness)))
    guard let watch else { return }
    watch.finding = (findingCount, !isCertain && !options.mayHideLoss)
    tellIfKnown(watch)
  }
}
