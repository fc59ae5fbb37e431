// Decides what has waited for its evidence, and reports what is wrong.

import GPCProtocol
import KVMEvents

extension Replayer {
  mutating func decide(_ decision: consuming PendingDecision) {
    switch consume decision {
    case .test(let test): decide(test)
    case .check(let check): decide(check)
    case .count(let count, let high): decide(count, before: high)
    case .refresh(let refresh, _):
      refreshes[refresh].isClosed = true
      if refreshes[refresh].deferredCount == 0 { report(refresh) }
    }
  }

  // MARK: Retry tests

  private mutating func decide(_ test: PendingTest) {
    guard let tested = rounds[test.round].test, let vm = refreshes[test.refresh].vm else {
      // No probe for the test: that the round was repeated is seen, why is not.
      let round = rounds.remove(test.round)
      let cause: RetryRound.Cause? = test.isRetried ? .unknown : nil
      count(cause, test, round)
      rows.append(.retryRound(row(test, round, decision: nil, verdict: cause.map { RetryEvidence.Verdict(cause: $0) })))
      return
    }
    let evidence = RetryEvidence(
      test: test, round: rounds.remove(test.round), tested: tested, vm: vm, order: order,
      hasEndKvm: probes.has(.mnInvalidateEndKvm),
      mayHideInvalidations: vm.mayHideInvalidations || hasUntiedNotifier)
    if evidence.isInDoubt(in: vm) && vm.deferred.count < Self.deferredMax {
      refreshes[test.refresh].deferredCount += 1
      vm.deferred.append(evidence)
    } else {
      decide(evidence)
    }
  }

  /// Bounds what a lossy recording can keep waiting.
  private static var deferredMax: Int { 16_384 }

  private mutating func decide(_ evidence: RetryEvidence) {
    let test = evidence.test
    let decision = evidence.decision(form: form)
    let page = (evidence.round.uhva ?? caches[refreshes[test.refresh].cache].uhva).flatMap {
      $0.isError ? nil : $0.page
    }
    let verdict = test.isRetried ? evidence.cause(page: page) : nil
    count(verdict?.cause, test, evidence.round)
    rows.append(.retryRound(row(test, evidence.round, decision: decision, verdict: verdict)))
    // Matched, as in all that every test and round goes through: `==` of another module's enum is a call through its witness.
    if case .disagrees = decision { reportDivergence(evidence) }
    if !test.isRetried, let page { reportStale(evidence, page) }
  }

  /// An invalidation's fate is known: decides the tests that waited for that, and the rows of their refreshes.
  mutating func decideDeferred(of vm: VMState, isLast: Bool = false) {
    for index in vm.deferred.indices where isLast || !vm.deferred[index].awaitsAnEnd { vm.deferred[index].look() }
    let ready = vm.deferred.filter { isLast || !$0.isInDoubt(in: vm) }
    if ready.isEmpty { return }
    vm.deferred.removeAll { isLast || !$0.isInDoubt(in: vm) }
    for evidence in ready {
      decide(evidence)
      let refresh = evidence.test.refresh
      refreshes[refresh].deferredCount -= 1
      if refreshes[refresh].isClosed && refreshes[refresh].deferredCount == 0 { report(refresh) }
    }
  }

  private func row(
    _ test: PendingTest, _ round: RoundState, decision: Decision?, verdict: RetryEvidence.Verdict?
  ) -> RetryRound {
    round.row(
      of: refreshes[test.refresh].id, test.isRetried ? .retried : .accepted, decision: decision, verdict: verdict,
      settled: test.settled)
  }

  private mutating func count(_ cause: RetryRound.Cause?, _ test: PendingTest, _ round: RoundState) {
    if let cause { refreshes[test.refresh].count(cause, from: round.loop ?? round.lookup, to: test.settled) }
  }

  // MARK: Checks

  private mutating func decide(_ check: PendingCheck) {
    let state = check.state
    let cache = state.cache
    let decision = decision(of: check)
    // The field was read under the lock of this check: from here on `valid` is known again.
    if let valid = state.recordedValid, !state.isTainted {
      caches[cache].validity.record(valid, at: state.entry, order)
    }
    rows.append(
      .cacheCheck(
        CacheCheck(
          id: state.id, cache: caches[cache].id, task: state.task, entryEvent: state.entry.id,
          returnEvent: check.ret.id,
          answer: check.answer, decision: decision)))
    if case .disagrees = decision { reportDivergence(check) }
    if check.answer && !state.isTainted {
      findContract(check)
      findStale(check)
    }
  }

  private func decision(of check: PendingCheck) -> Decision {
    let state = check.state
    if state.isTainted { return .unknown }
    let valid = caches[state.cache].validity.possible(from: state.entry, to: check.ret, order)
    if state.othersHold == false { return check.answer ? .disagrees : .agrees }
    if valid.isUnknown { return .unknown }
    if valid.canBeTrue && valid.canBeFalse { return .open }
    if valid.canBeFalse { return check.answer ? .disagrees : .agrees }
    guard state.othersHold == true else { return check.answer ? .agrees : .unknown }
    return check.answer ? .agrees : .disagrees
  }

  /// A check that said yes inside the contract window of an overlapping invalidation (evidence, rule 7); told when that one's end shows
  /// that it was one.
  private mutating func findContract(_ check: PendingCheck) {
    guard let vm = caches[check.state.cache].vm, let uhva = check.state.uhva, !uhva.isError else { return }
    for invalidation in vm.invalidations where invalidation.overlaps(page: uhva.page) {
      guard invalidation.taintedSince == nil, order.surely(invalidation.startRet, before: check.state.entry) else {
        continue
      }
      if let end = invalidation.end {
        if order.surely(check.ret, before: end) { reportContract(check, invalidation) }
      } else if invalidation.close == nil {
        invalidation.contractChecks.append(check)
      }
    }
  }

  private mutating func findStale(_ check: PendingCheck) {
    guard let mapping = check.mapping, let (invalidation, certainty) = mapping.staleBy, !mapping.isReported,
      order.surely(invalidation.end, before: check.state.entry)
    else { return }
    if let current = caches[check.state.cache].mapping, current.refresh == mapping.refresh {
      // The round's own test, or an earlier check, may have told of it since.
      if current.isReported { return }
      caches[check.state.cache].mapping?.isReported = true
    }
    report(
      .stale, certainty, vm: caches[check.state.cache].vm, cache: check.state.cache, event: check.ret.id,
      invalidation: invalidation, refresh: mapping.refresh, check: check.state.id,
      proof: [mapping.lookup.id, mapping.lookupRet.id] + invalidation.proof + [check.state.entry.id, check.ret.id],
      summary: FindingText.staleCheck(check, invalidation, mapping, certainty))
  }

  /// The invalidation's end hook is called: what the caches of its range map was freed, if it was looked up before that.
  mutating func markStale(_ vm: VMState, by invalidation: InvalidationState) {
    for cache in vm.caches where caches[cache].mapping != nil { markStale(cache, by: invalidation) }
  }

  mutating func markStale(_ cache: CacheNumber, by invalidation: InvalidationState) {
    guard let mapping = caches[cache].mapping, invalidation.overlaps(page: mapping.page), invalidation.removesMappings,
      invalidation.taintedSince == nil, let startRet = invalidation.startRet,
      !order.surely(invalidation.end, before: mapping.lookup), mapping.staleBy?.certainty != .certain,
      invalidation.selfLookup == nil || invalidation.selfLookup != mapping.lookup.id
    else { return }
    let isCertain = order.surely(mapping.lookupRet, before: startRet)
    if mapping.staleBy == nil || isCertain {
      caches[cache].mapping?.staleBy = (invalidation, isCertain ? .certain : .possible)
    }
  }

  // MARK: Findings

  mutating func reportContract(_ check: PendingCheck, _ invalidation: InvalidationState) {
    report(
      .contract, .certain, vm: caches[check.state.cache].vm, cache: check.state.cache, event: check.ret.id,
      invalidation: invalidation, refresh: nil, check: check.state.id,
      proof: invalidation.proof + [check.state.entry.id, check.ret.id],
      summary: FindingText.contract(check, invalidation))
  }

  private mutating func reportDivergence(_ check: PendingCheck) {
    report(
      .divergence, .certain, vm: caches[check.state.cache].vm, cache: check.state.cache, event: check.ret.id,
      invalidation: nil, refresh: nil, check: check.state.id, proof: [check.state.entry.id, check.ret.id],
      summary: FindingText.divergence(check))
  }

  private mutating func reportDivergence(_ evidence: RetryEvidence) {
    let test = evidence.test
    let refresh = refreshes[test.refresh]
    let cited = evidence.deciding
    report(
      .divergence, .certain, vm: refresh.vm, cache: refresh.cache, event: evidence.low.id,
      invalidation: cited, refresh: refresh.id, check: nil,
      proof: evidence.round.proof + (cited?.proof ?? []) + [test.settled.id],
      summary: FindingText.divergence(evidence, cited))
  }

  private mutating func reportStale(_ evidence: RetryEvidence, _ page: UHVA) {
    let test = evidence.test
    let found = evidence.staleCause(page: page)
    let hasErrorPFN = test.pfn?.isError ?? false
    guard found != nil || hasErrorPFN else { return }
    let certainty = hasErrorPFN ? .certain : found?.certainty ?? .possible
    let refresh = refreshes[test.refresh]
    if caches[refresh.cache].mapping?.refresh == refresh.id { caches[refresh.cache].mapping?.isReported = true }
    report(
      .stale, certainty, vm: refresh.vm, cache: refresh.cache, event: evidence.low.id,
      invalidation: found?.invalidation, refresh: refresh.id, check: nil,
      proof: evidence.round.proof + (found?.invalidation.proof ?? []) + [test.settled.id],
      summary: FindingText.staleRound(evidence, found?.invalidation, certainty))
  }

  /// The refresh's row, and whether its false retries are too many.
  private mutating func report(_ slot: RefreshSlot) {
    let refresh = refreshes.remove(slot)
    rows.append(.refresh(refresh.row(cache: caches[refresh.cache].id)))
    guard refresh.falseCount > options.retriesMax || refresh.falseNs > options.stallMaxNs else { return }
    let event = refresh.entry?.id ?? refresh.firstFalse ?? 0
    report(
      .excessiveRetry, .certain, vm: refresh.vm, cache: refresh.cache, event: event, invalidation: nil,
      refresh: refresh.id, check: nil,
      proof: [refresh.entry?.id, refresh.firstFalse, refresh.lastFalse, refresh.returned?.id].compactMap { $0 },
      summary: FindingText.excessive(refresh, uhva: caches[refresh.cache].uhva, options.stampUnit))
  }

  private mutating func report(
    _ kind: Finding.Kind, _ certainty: Finding.Certainty, vm: VMState?, cache: CacheNumber?, event: EventID,
    invalidation: InvalidationState?, refresh: Int64?, check: Int64?, proof: [EventID], summary: String
  ) {
    findingCount += 1
    let isCertain = certainty == .certain && !options.mayHideLoss
    rows.append(
      .finding(
        Finding(
          id: findingCount, kind: kind, certainty: isCertain ? .certain : .possible, vm: vm?.id,
          cache: cache.map { caches[$0].id },
          event: event,
          invalidation: invalidation?.id, refresh: refresh, check: check, proof: Array(Set(proof)).sorted(),
          summary: summary)))
  }
}
