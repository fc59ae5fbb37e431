// What the recording allows a retry test to have seen, and why its round was repeated.

import GPCProtocol
import KVMEvents
import Operations
import Results

/// The invalidations of one VM, compared with one retry test (evidence, rules 2, 4 and 5).
struct RetryEvidence {
  let test: PendingTest
  private(set) var round: RoundState
  /// The test lies between these.
  let low: Moment
  var high: Moment { test.settled }
  let order: MomentOrder
  let hasEndKvm: Bool
  /// Invalidations may have been in flight then of which no event was known.
  private let mayHideInvalidations: Bool
  private let vm: VMState
  /// Those that may have been up before the test and may have gone down after the snapshot.
  private(set) var relevant: InvalidationList
  /// What they say together, as of the last look.
  private(set) var signs: RetrySigns

  init(
    test: PendingTest, round: RoundState, tested: Moment, vm: VMState, order: MomentOrder, hasEndKvm: Bool,
    mayHideInvalidations: Bool
  ) {
    low = tested
    self.order = order
    self.hasEndKvm = hasEndKvm
    self.mayHideInvalidations = mayHideInvalidations
    self.vm = vm
    let (high, snapshotLow) = (test.settled, round.snapshotLow)
    self.test = test
    self.round = round
    var relevant = InvalidationList()
    for invalidation in vm.invalidations
    where !invalidation.surelyNotUp(before: high, order) && !invalidation.surelyDown(before: snapshotLow, order) {
      relevant.append(invalidation)
    }
    signs = RetrySigns(
      of: relevant, low: tested, high: high, snapshotLow: snapshotLow, snapshotHigh: round.snapshotHigh, order,
      hasEndKvm: hasEndKvm)
    self.relevant = relevant
  }

  /// One that began unseen before this test.
  mutating func add(_ invalidation: InvalidationState) {
    if !invalidation.surelyNotUp(before: high, order) { relevant.append(invalidation) }
  }

  /// Events were dropped while the test waited.
  mutating func meetLoss() { round.meetsLoss = true }

  /// Takes over what has become known about the invalidations by now.
  mutating func look() {
    signs = RetrySigns(
      of: relevant, low: low, high: high, snapshotLow: round.snapshotLow, snapshotHigh: round.snapshotHigh, order,
      hasEndKvm: hasEndKvm)
  }

  // MARK: The test

  /// The recorded test compared with every order that the intervals allow.
  func decision(_ rule: FormsAsked.TestRule, _ facts: FormFacts) -> Decision {
    decision(rule, facts, answer: answer(rule, facts))
  }

  /// - Parameter answer: the form's, `answer(rule, facts)`.
  func decision(_ rule: FormsAsked.TestRule, _ facts: FormFacts, answer: Bool?) -> Decision {
    // Of a torn round only the test is known: an invalidation in flight throughout makes it retry, whatever the
    // snapshot.
    if round.isTorn && answer != true { return .unknown }
    guard let answer else { return restsOnTaint ? .unknown : .open }
    // What is hidden can only make a test retry; so can any mover of seq without a hook (evidence, rule 23).
    let mayBeMoved = rule.mayBeMovedUnseen && !showsCountAlone
    if !answer && (mayMissSomething || test.isRetried && (recordsReason(rule, facts) || mayBeMoved || lacksReason)) {
      return .unknown
    }
    return answer == test.isRetried ? .agrees : .disagrees
  }

  /// The test's own probe read a count and a seq that had not moved: the count is the kernel's reason.
  private var showsCountAlone: Bool { readsCount && round.recordedMoves == 0 }

  /// Repeated with nothing in flight that is recorded, so that no form has a reason: the kernel's is missing. The probe
  /// of the test excludes that where it read neither a count nor a moved seq.
  private var lacksReason: Bool { relevant.isEmpty && !readsNothing }

  /// Why nothing is certain; nil if the decision is forced and the cause is known.
  func doubt(
    of decision: Decision, _ cause: RetryRound.Cause?, hasPage: Bool, _ rule: FormsAsked.TestRule
  ) -> Doubt? {
    switch decision {
    case .open: return ofOrder
    case .unknown: return ofUnknown(rule)
    case .agrees, .disagrees: break
    }
    switch cause {
    case nil, .necessary, .false: return nil
    case .undecided: return ofOrder
    case .unknown: return hasPage ? ofUnknown(rule) : .part
    }
  }

  /// Those still open have not reached their memslots.
  private var ofOrder: Doubt { relevant.contains { $0.end != nil && $0.hitsMemslot == nil } ? .memslots : .order }

  private func ofUnknown(_ rule: FormsAsked.TestRule) -> Doubt {
    let hasGap = vm.hasGap
    if round.isTorn { return hasGap ? .loss : .part }
    if round.meetsLoss { return .loss }
    if mayMissSomething { return hasGap ? .loss : .before }
    if relevant.contains(where: { $0.isInDoubt || $0.close == .lost }) { return .unrecordedEnd }
    if signs.hasTaint { return hasGap ? .loss : .before }
    if let count = round.recordedCount, count > signs.surelyInCount { return .countOther }
    if rule.mayBeMovedUnseen { return .seqOther }
    return round.recordedCount == nil || round.recordedMoves == nil ? .part : .before
  }

  /// The answer of a test of the count and the seq in every order; nil if orders differ (or none is possible).
  func answerOfCount(_ retry: RetryRule, _ signs: RetrySigns) -> (canSayYes: Bool, canSayNo: Bool) {
    // One that was up before the test and hits a memslot is still counted, or its bump came after the snapshot: this
    // pairs with the order of bump and count in the end hook, which makes the two reads of the test sound.
    let canBeQuiet = round.isTorn || !signs.hasOneSeenEitherWay
    let canBeUnmoved = round.isTorn || signs.moverCount == 0
    let canMoveSeq = round.isTorn || signs.canMoveSeq
    var (canSayYes, canSayNo) = (false, false)
    func ask(isActive: Bool, isMoved: Bool) {
      let saysYes = retry.mustRetry(RetryObservation(invalidationsActive: isActive, seqMoved: isMoved))
      canSayYes = canSayYes || saysYes
      canSayNo = canSayNo || !saysYes
    }
    if signs.canBeActive && canMoveSeq { ask(isActive: true, isMoved: true) }
    if signs.canBeActive && canBeUnmoved { ask(isActive: true, isMoved: false) }
    if !isCovered {
      if canMoveSeq { ask(isActive: false, isMoved: true) }
      if canBeUnmoved && canBeQuiet { ask(isActive: false, isMoved: false) }
    }
    return (canSayYes, canSayNo)
  }

  private func isSurelyIn(_ invalidation: InvalidationState) -> Bool {
    invalidation.surelyUp(before: low, order)
      && invalidation.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
  }

  /// At every moment of the test some invalidation is in flight: one throughout, or several of which each is certainly
  /// up before the one before it goes down.
  var isCovered: Bool {
    if signs.surelyInCount > 0 { return true }
    if signs.upCount == 0 || signs.upCount == relevant.count { return false }
    var reached = relevant.filter { $0.surelyUp(before: low, order) }
    var rest = relevant.filter { !$0.surelyUp(before: low, order) }
    while !reached.isEmpty {
      if reached.contains(where: { $0.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm) }) { return true }
      let current = reached
      reached = rest.filter { next in current.contains { isUp(next, beforeDownOf: $0) } }
      rest.removeAll { candidate in reached.contains { $0 === candidate } }
    }
    return false
  }

  private func isUp(_ next: InvalidationState, beforeDownOf current: InvalidationState) -> Bool {
    guard let up = next.walk ?? next.startRet else { return false }
    return current.surelyNotDown(before: up, order, hasEndKvm: hasEndKvm)
  }

  func isBumpAfterSnapshot(_ invalidation: InvalidationState) -> Bool {
    guard let snapshotHigh = round.snapshotHigh else { return false }
    return invalidation.surelyNotBumped(before: snapshotHigh, order, hasEndKvm: hasEndKvm)
  }

  private func surelyMovesSeq(_ invalidation: InvalidationState, _ seq: SequenceRule) -> Bool {
    (seq == .gpc || invalidation.hitsMemslot == true) && isBumpAfterSnapshot(invalidation)
      && invalidation.surelyBumped(before: low, order)
  }

  private func isSeenEitherWay(_ invalidation: InvalidationState, _ seq: SequenceRule) -> Bool {
    (seq == .gpc || invalidation.hitsMemslot == true) && invalidation.surelyUp(before: low, order)
      && isBumpAfterSnapshot(invalidation)
  }

  /// An invalidation that alone makes the test retry; nil where none does.
  func deciding(_ seq: SequenceRule) -> InvalidationState? {
    relevant.first { isSurelyIn($0) } ?? relevant.first { isSeenEitherWay($0, seq) }
      ?? relevant.first { surelyMovesSeq($0, seq) }
  }

  // MARK: What was lost

  /// The test's own probe read a count or a moved seq, so the kernel had a reason to retry: if no recorded invalidation
  /// is one, the recording lacks it (its loss marker may come after the recording's end), and the kernel is not at
  /// fault.
  private func recordsReason(_ rule: FormsAsked.TestRule, _ facts: FormFacts) -> Bool {
    round.recordedCount ?? 0 > UInt64(facts.activeCount) || recordsOtherMover(rule, facts)
  }

  /// The sequence has moved more than the recorded invalidations can have moved it.
  private func recordsOtherMover(_ rule: FormsAsked.TestRule, _ facts: FormFacts) -> Bool {
    round.recordedMoves ?? 0 > UInt64(facts.moverCount(rule.seq))
  }

  /// Repeated although the form has no reason to, other than an unrecorded mover of `mmu_invalidate_seq` (evidence,
  /// rule 23).
  /// - Parameter answer: the form's, `answer(rule, facts)`.
  func needsOtherMover(_ rule: FormsAsked.TestRule, _ facts: FormFacts, answer: Bool?) -> Bool {
    guard test.isRetried, answer == false, rule.mayBeMovedUnseen, !round.isTorn, !mayMissSomething else { return false }
    return (round.recordedMoves == nil || recordsOtherMover(rule, facts))
      && round.recordedCount ?? 0 <= UInt64(facts.activeCount)
  }

  /// The test's own probe read neither a count nor a moved seq.
  private var readsNothing: Bool { round.recordedCount == 0 && round.recordedMoves == 0 }

  /// A divergence that holds whatever was omitted without a marker: accepted in spite of what is recorded, or repeated
  /// although its own probe read neither a count nor a moved seq (evidence, rule 19). What a walk does to the flag
  /// depends on refreshes, too.
  func provesItself(_ rule: RetryRule) -> Bool {
    !rule.readsFlag && (!test.isRetried || readsNothing)
  }

  /// An unrecorded invalidation may have been in flight, or have ended since the snapshot. The count that the test's
  /// own probe read excludes the former, the seq it read the latter, if they match the recorded invalidations.
  var mayMissSomething: Bool {
    if round.meetsLoss { return true }
    return mayHideInvalidations
      && (round.recordedCount != UInt64(signs.surelyInCount)
        || round.recordedMoves != UInt64(signs.moverCount))
  }

  /// What the test's probe read as `mn_active_invalidate_count`, and what the recorded invalidations make it; nil if
  /// something unseen may have been in flight.
  var recordedCount: (UInt64, CountBounds)? {
    guard let count = round.recordedCount, !round.isTorn, !round.meetsLoss, !mayHideInvalidations, !signs.hasTaint
    else {
      return nil
    }
    return (count, CountBounds(least: UInt64(signs.surelyInCount), most: UInt64(signs.possiblyInCount)))
  }

  private var restsOnTaint: Bool { mayMissSomething || signs.hasTaint }

  /// One may have lost its end: that keeps a test waiting, whatever else is known.
  var awaitsAnEnd: Bool { relevant.contains { $0.isInDoubt } }

  /// Later events will decide: the end of an invalidation may still come or turn out to be lost, a hidden one may turn
  /// up.
  func isInDoubt(in vm: VMState) -> Bool {
    if awaitsAnEnd { return true }
    if round.isTorn { return false }
    return vm.mayHideInvalidations && !round.meetsLoss && mayMissSomething
  }

  // MARK: The cause

  /// Why the round was repeated: only for a round that was.
  struct RoundCause {
    var cause: RetryRound.Cause
    var subCause: RetryRound.SubCause?
    var invalidation: InvalidationState?
  }

  func cause(page: UHVA?, _ rule: FormsAsked.TestRule, _ facts: FormFacts) -> RoundCause {
    guard let page else { return RoundCause(cause: .unknown) }
    var (overlapping, allSelf) = (0, true)
    var sureSelf: InvalidationState?
    for invalidation in relevant where invalidation.overlaps(page: page) {
      overlapping += 1
      let isSelf = isSelf(invalidation)
      if !isSelf { allSelf = false }
      guard isSurelyNecessary(invalidation) else { continue }
      if !isSelf { return RoundCause(cause: .necessary, invalidation: invalidation) }
      sureSelf = sureSelf ?? invalidation
    }
    if let sureSelf {
      let isOnlySelf = allSelf && !round.meetsLoss && !mayHideInvalidations
      return RoundCause(cause: .necessary, subCause: isOnlySelf ? .`self` : nil, invalidation: sureSelf)
    }
    if round.isTorn || mayMissSomething { return RoundCause(cause: .unknown) }
    let signs = signs(rule.seq, facts)
    if overlapping == 0 { return falseCause(rule, signs) }
    // Not certain from the intervals; but it was repeated, and nothing else that is known can explain that.
    if overlapping == relevant.count && !mayBeMovedUnseen(rule, signs) {
      return RoundCause(cause: .necessary, invalidation: overlapping == 1 ? relevant[0] : nil)
    }
    return RoundCause(cause: restsOnTaint ? .unknown : .undecided)
  }

  /// Nothing overlapped. What the test cannot have seen was not the reason.
  private func falseCause(_ rule: FormsAsked.TestRule, _ signs: RetrySigns) -> RoundCause {
    // The count was 0, and no recorded end hook can have moved seq (evidence, rule 23).
    if !signs.canBeActive && !signs.canMoveSeq {
      let isOther = rule.mayBeMovedUnseen && !readsCount && !restsOnTaint
      return isOther ? RoundCause(cause: .false, subCause: .seqOther) : RoundCause(cause: .unknown)
    }
    if relevant.isEmpty { return RoundCause(cause: .unknown) }
    if let counted = signs.firstSurelyIn {
      return RoundCause(cause: .false, subCause: .count, invalidation: relevant[counted])
    }
    if isCovered || !signs.canMoveSeq && !mayBeMovedUnseen(rule, signs) {
      return RoundCause(cause: .false, subCause: .count, invalidation: relevant.count == 1 ? relevant[0] : nil)
    }
    // The count or another mover of seq.
    if !signs.canMoveSeq { return RoundCause(cause: .false) }
    if !signs.canBeActive {
      return RoundCause(cause: .false, subCause: .seq, invalidation: relevant.first { surelyMovesSeq($0, rule.seq) })
    }
    return RoundCause(cause: .false)
  }

  /// The test's own probe read a count.
  private var readsCount: Bool { round.recordedCount ?? 0 != 0 }

  /// An unrecorded mover of seq may be why the round was repeated: the test's own probe read no count, and a seq that
  /// no recorded end hook can have moved; or it did not read them.
  private func mayBeMovedUnseen(_ rule: FormsAsked.TestRule, _ signs: RetrySigns) -> Bool {
    guard rule.mayBeMovedUnseen, !readsCount else { return false }
    return round.recordedMoves.map { $0 != 0 && !signs.canMoveSeq } ?? true
  }

  private func isSelf(_ invalidation: InvalidationState) -> Bool {
    invalidation.selfLookup != nil && invalidation.selfLookup == round.lookup?.id
  }

  /// In flight at the test, or ended between snapshot and test: up before the test and down after the snapshot.
  private func isSurelyNecessary(_ invalidation: InvalidationState) -> Bool {
    if round.isTorn { return isSurelyIn(invalidation) }
    guard let snapshotHigh = round.snapshotHigh else { return false }
    return invalidation.surelyUp(before: low, order)
      && invalidation.surelyNotDown(before: snapshotHigh, order, hasEndKvm: hasEndKvm)
  }

  // MARK: The page

  /// An invalidation that freed the page after (`certain`) or while (`possible`) the round's lookup read it, and was
  /// over before the test (evidence, rule 8). Invalidations whose hooks are not all recorded do not count, nor does
  /// anything across a loss.
  func staleCause(page: UHVA) -> (invalidation: InvalidationState, certainty: Finding.Certainty)? {
    guard !round.isTorn, !round.meetsLoss, let lookup = round.lookup, let lookupRet = round.lookupRet else {
      return nil
    }
    var possible: InvalidationState?
    for invalidation in relevant where invalidation.overlaps(page: page) && !isSelf(invalidation) {
      guard order.surely(invalidation.end, before: low),
        let certainty = invalidation.removal(
          ofLookup: lookup, to: lookupRet, isOfFunctionLevel: round.test == nil, order)
      else { continue }
      if case .certain = certainty { return (invalidation, .certain) }
      possible = possible ?? invalidation
    }
    return possible.map { ($0, .possible) }
  }

  /// For a test that was accepted: an invalidation that it may have had to retry for, or that may have freed the page
  /// since the lookup. A test that is forced to accept has missed only what it does not look for, such as an
  /// invalidation that meets no memslot.
  func undecidedOverlap(page: UHVA, _ decision: Decision) -> InvalidationState? {
    var isForced = false
    if case .agrees = decision { isForced = true }
    return relevant.first { invalidation in
      invalidation.overlaps(page: page) && !isSelf(invalidation) && (!isForced || mayHaveRemoved(invalidation))
    }
  }

  /// Its window may lie, partly, between the lookup and the test.
  private func mayHaveRemoved(_ invalidation: InvalidationState) -> Bool {
    invalidation.removesMappings && !order.surely(invalidation.end ?? invalidation.overBy, before: round.lookup)
      && !order.surely(high, before: invalidation.startRet ?? invalidation.start)
  }
}
