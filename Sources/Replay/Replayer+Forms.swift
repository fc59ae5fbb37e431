// Compares every form with what the recording forces (evidence, rule 26).

import GPCProtocol
import KVMEvents
import Operations
import Results

extension Replayer {
  // MARK: Retry tests

  mutating func ask(_ evidence: RetryEvidence, _ facts: FormFacts, vm: Int32?) {
    let event = evidence.low.id
    func against(
      _ refutation: FormAgreement.Refutation, _ event: EventID, _ invalidation: InvalidationState? = nil
    ) -> FormsAsked.Against {
      let resting = invalidation.map { [$0.id] } ?? evidence.relevant.map(\.id)
      return FormsAsked.Against(event: event, refutation: refutation, vm: vm, invalidations: resting)
    }
    let round = evidence.round
    if round.lookup == nil && round.loop != nil && round.test != nil && !round.isTorn {
      let canWait = !evidence.relevant.isEmpty || evidence.mayMissSomething
      asked.refute(against(.noLookup, event)) { $0.wait != .queueAfterUnlockToCondition || !canWait }
    }
    // Nothing was in flight, and nothing moved: no form repeats.
    if evidence.relevant.isEmpty && !evidence.test.isRetried && !round.isTorn {
      if !evidence.mayMissSomething { asked.agreeAll() }
      return
    }
    for rule in asked.testRules.indices {
      let answer = evidence.answer(asked.testRules[rule], facts)
      if evidence.needsOtherMover(asked.testRules[rule], facts, answer: answer) {
        asked.need(moverBy: rule)
        continue
      }
      switch evidence.decision(asked.testRules[rule], facts, answer: answer) {
      case .agrees: asked.agree(rule)
      case .disagrees: asked.disagree(rule, against(.test, event))
      case .open, .unknown: break
      }
    }
    if let lookup = round.lookup {
      if let count = facts.countAtLoop {
        asked.refute(against(.wait, lookup.id, count)) { $0.wait == .spinOnCount }
      }
      if let overlap = facts.overlapAtLoop {
        asked.refute(against(.wait, lookup.id, overlap)) { $0.wait.isAfterUnlock }
      }
      if let pending = facts.pendingAtLoop {
        asked.refute(against(.wait, lookup.id, pending)) {
          $0.wait == .spinOnPending || $0.wait == .queueBeforeSnapshot
        }
      }
    }
    if let overlap = facts.overlapAtRelock {
      let over = (round.test ?? evidence.high).id
      asked.refute(against(.wait, over, overlap)) { $0.wait == .queueBeforeRelock }
    }
  }

  // MARK: Walks, functions

  /// The nesting of the walk's event shows in which hook it is.
  mutating func askForWalk(_ invalidation: InvalidationState, at moment: Moment) {
    guard !asked.isEmpty, invalidation.start != nil, let isInEndHook = invalidation.walkIsInEndHook else { return }
    asked.refute(
      FormsAsked.Against(event: moment.id, refutation: .walk, vm: invalidation.vm.id, invalidations: [])
    ) { isInEndHook ? !$0.walk.place.isInEndHook : !$0.walk.place.isInStartHook }
  }

  /// The first event of its kind.
  mutating func askForFunction(_ event: borrowing RecordedEvent) {
    if asked.isEmpty { return }
    let found: [FunctionsRule]
    switch event.kind {
    case .gfnToPfnCacheRefresh: found = [.oneRefresh]
    case .gpcActivateHva: found = [.byHVA]
    // As an argument: up to v6.8 there is the gpa alone.
    case .lockedRefresh: found = event.uhva == nil ? [.byGPA, .byHVA] : [.byHVA]
    default: return
    }
    let against = FormsAsked.Against(event: event.id, refutation: .function, vm: nil, invalidations: [])
    asked.refute(against) {
      !found.contains($0.functions)
    }
  }

  // MARK: The end

  /// - Parameters:
  ///   - mayHideLoss: any event may be missing.
  ///   - isFiltered: events were omitted without a marker.
  mutating func finishForms(_ missing: [EventKind], mayHideLoss: Bool, isFiltered: Bool) {
    if asked.isEmpty { return }
    if !missing.isEmpty || mayHideLoss || isFiltered { asked.forgetWhatRestsOnAbsence() }
    if contradictingChecks > 0 { asked.forgetFlagTests() }
    let hooks: [EventKind] = [
      .mnInvalidateRangeStart, .mnInvalidateRangeStartRet, .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet,
    ]
    if isFiltered || missing.contains(where: hooks.contains) { asked.forget(.walk) }
    rows += asked.agreements.map { .formAgreement($0) }
  }
}

extension WaitRule {
  /// Between dropping `gpc->lock` at the loop top and the lookup, on count and range under `mn_invalidate_lock`.
  fileprivate var isAfterUnlock: Bool {
    switch self {
    case .relockLoop, .queueAfterUnlock, .queueAfterUnlockToCondition: true
    case .none, .spinOnCount, .spinOnPending, .queueBeforeSnapshot, .queueBeforeRelock, .queueBeforeRelockToTop: false
    }
  }
}
