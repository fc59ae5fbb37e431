// What the recording shows about one retry test for the rules of every form.

import GPCProtocol
import KVMEvents
import Operations

/// Read off the invalidations around the test in one pass.
struct FormFacts {
  /// How many may be in flight at the test, and how many may have moved each sequence since the snapshot.
  private(set) var activeCount = 0
  private var moverCounts = (mmu: 0, gpc: 0)
  /// All of them hit a memslot: both sequences move alike.
  private(set) var allHitMemslots = true
  /// The kvm's range may cover the page while the count is up; it certainly does throughout; one that overlaps is still
  /// pending or has moved the seq.
  private(set) var canBePending = false
  private(set) var isSurelyPending = false
  private(set) var isPendingOrMoved = false
  /// v5.17: one that overlaps is between its `mmu_lock` sections throughout.
  private(set) var isSurelyInSection = false
  private(set) var movesBeforeSection = false
  /// A walk in the start hook, or in the end hook, may have cleared the flag that the loop top set, or certainly has.
  private(set) var startWalk = (can: false, must: false)
  private(set) var endWalk = (can: false, must: false)
  /// Before the lookup: some invalidation is in flight all the time; one that overlaps; and its range is stored.
  private(set) var countAtLoop: InvalidationState?
  private(set) var overlapAtLoop: InvalidationState?
  private(set) var pendingAtLoop: InvalidationState?
  /// Between lookup and relock one that overlaps is in flight all the time.
  private(set) var overlapAtRelock: InvalidationState?

  /// - Parameter page: nil: not known.
  init(_ evidence: RetryEvidence, page: UHVA?, _ busy: BusyPeriods?) {
    let (round, order, low, high) = (evidence.round, evidence.order, evidence.low, evidence.high)
    let relockHigh = round.test ?? high
    for invalidation in evidence.relevant {
      let overlaps = page.map { invalidation.overlaps(page: $0) } ?? false
      let hits = invalidation.hitsMemslot
      if hits != true { allHitMemslots = false }
      let staysUp = invalidation.surelyNotDown(before: high, order, hasEndKvm: evidence.hasEndKvm)
      let isStored = order.surely(invalidation.startRet, before: low)
      if !invalidation.surelyDown(before: low, order) {
        activeCount += 1
        if !canBePending {
          canBePending = page.flatMap { busy?.canCover($0, during: invalidation, isStored: isStored) } ?? true
        }
      }
      if !staysUp {
        moverCounts.gpc += 1
        if hits != false { moverCounts.mmu += 1 }
      }
      if let page {
        note(invalidation, evidence, page, overlaps: overlaps, staysUp: staysUp, isStored: isStored)
      } else {
        startWalk.can = true
        endWalk.can = true
      }
      if round.isTorn { continue }
      if let lookup = round.lookup, invalidation.surelyUp(before: round.snapshotLow, order),
        invalidation.surelyNotDown(before: lookup, order, hasEndKvm: evidence.hasEndKvm)
      {
        countAtLoop = countAtLoop ?? invalidation
        if overlaps { overlapAtLoop = overlapAtLoop ?? invalidation }
        if overlaps && order.surely(invalidation.startRet, before: round.snapshotLow) {
          pendingAtLoop = pendingAtLoop ?? invalidation
        }
      }
      if overlaps, overlapAtRelock == nil, let lookupRet = round.lookupRet,
        invalidation.surelyUp(before: lookupRet, order),
        invalidation.surelyNotDown(before: relockHigh, order, hasEndKvm: evidence.hasEndKvm)
      {
        overlapAtRelock = invalidation
      }
    }
  }

  func moverCount(_ seq: SequenceRule) -> Int {
    switch seq {
    case .mmu: moverCounts.mmu
    case .gpc: moverCounts.gpc
    }
  }

  private mutating func note(
    _ invalidation: InvalidationState, _ evidence: RetryEvidence, _ page: UHVA, overlaps: Bool, staysUp: Bool,
    isStored: Bool
  ) {
    guard overlaps else { return }
    let (round, order, low, high) = (evidence.round, evidence.order, evidence.low, evidence.high)
    let hits = invalidation.hitsMemslot == true
    if isStored && staysUp { isSurelyPending = true }
    if !round.isTorn && isStored && hits && evidence.isBumpAfterSnapshot(invalidation) { isPendingOrMoved = true }
    // v5.17 tests before it takes gpc->lock again.
    if let lookupRet = round.lookupRet, hits, !round.isTorn {
      if order.surely(invalidation.startRet, before: lookupRet), order.surely(high, before: invalidation.end),
        invalidation.end != nil
      {
        isSurelyInSection = true
      }
      if evidence.isBumpAfterSnapshot(invalidation) && invalidation.surelyBumped(before: lookupRet, order) {
        movesBeforeSection = true
      }
    }
    // That it is one rests on no refresh being omitted: it explains a round that was accepted, and refutes none that
    // was repeated.
    if evidence.test.oldPFNIsError == true && !evidence.test.isRetried { return }
    let isMapped = evidence.test.oldPFNIsError == false && !round.isTorn
    let startWalkBegin = invalidation.walkIsInEndHook == false ? invalidation.walk : invalidation.start
    if !order.surely(high, before: startWalkBegin), !order.surely(invalidation.startRet, before: round.snapshotLow) {
      startWalk.can = true
      if isMapped, order.surely(round.snapshotHigh, before: startWalkBegin),
        order.surely(invalidation.startRet, before: low)
      {
        startWalk.must = true
      }
    }
    let endWalkBegin = invalidation.walkIsInEndHook == true ? invalidation.walk : invalidation.end
    let isSurelyLater = endWalkBegin == nil ? staysUp : order.surely(high, before: endWalkBegin)
    if !isSurelyLater, !order.surely(invalidation.endRet ?? invalidation.overBy, before: round.snapshotLow) {
      endWalk.can = true
      if isMapped, order.surely(round.snapshotHigh, before: endWalkBegin),
        order.surely(invalidation.endRet, before: low)
      {
        endWalk.must = true
      }
    }
  }
}

extension RetryEvidence {
  /// The answer of the test of a form with this rule in every order; nil if orders differ.
  func answer(_ rule: FormsAsked.TestRule, _ facts: FormFacts) -> Bool? {
    let retry = rule.retry
    var (canSayYes, canSayNo): (Bool, Bool)
    switch retry.inFlight {
    case .count: (canSayYes, canSayNo) = answerOfCount(retry, signs(rule.seq, facts))
    case .unread:
      (canSayYes, canSayNo) = (false, true)
      if retry.readsSeq { note(seq: signs(rule.seq, facts), &canSayYes, &canSayNo) }
    case .pending, .pendingUnderLock:
      (canSayYes, canSayNo) = (facts.canBePending, !facts.isSurelyPending)
      if retry.readsSeq {
        note(seq: signs(rule.seq, facts), &canSayYes, &canSayNo)
        if facts.isPendingOrMoved { canSayNo = false }
      }
    case .sectionOverlap:
      (canSayYes, canSayNo) = (signs.canBeActive || round.isTorn, !facts.isSurelyInSection)
      if retry.readsSeq {
        if round.isTorn || signs.canMoveSeq { canSayYes = true }
        if facts.movesBeforeSection { canSayNo = false }
      }
    }
    if retry.readsFlag {
      let walk = rule.walkIsInEndHook ? facts.endWalk : facts.startWalk
      if walk.can || round.isTorn { canSayYes = true }
      if walk.must { canSayNo = false }
    }
    return canSayYes == canSayNo ? nil : canSayYes
  }

  private func note(seq signs: RetrySigns, _ canSayYes: inout Bool, _ canSayNo: inout Bool) {
    if round.isTorn || signs.canMoveSeq { canSayYes = true }
    if !round.isTorn && signs.moverCount > 0 { canSayNo = false }
  }

  /// What the invalidations together say about a test of this sequence.
  func signs(_ seq: SequenceRule, _ facts: FormFacts) -> RetrySigns {
    switch seq {
    case .mmu: return signs
    case .gpc:
      if facts.allHitMemslots { return signs }
      return RetrySigns(
        of: relevant, low: low, high: high, snapshotLow: round.snapshotLow, snapshotHigh: round.snapshotHigh, order,
        hasEndKvm: hasEndKvm, seq: seq)
    }
  }
}
