// What the recording allows a retry test to have seen, and why its round was repeated.

import GPCProtocol
import KVMEvents

/// The invalidations of one VM, held against one retry test (evidence, rules 2, 4 and 5).
final class RetryEvidence {
  let test: PendingTest
  /// The test lies between these.
  let low: Moment
  private let order: MomentOrder
  private let hasEndKvm: Bool
  /// Invalidations may have been in flight then of which no event was known.
  private let mayHideInvalidations: Bool
  private let vm: VMState
  /// Those that may have been up before the test and may have gone down after the snapshot.
  private(set) var relevant: [InvalidationState]

  init(
    test: PendingTest, tested: Moment, vm: VMState, order: MomentOrder, hasEndKvm: Bool, mayHideInvalidations: Bool
  ) {
    self.test = test
    low = tested
    self.vm = vm
    self.order = order
    self.hasEndKvm = hasEndKvm
    self.mayHideInvalidations = mayHideInvalidations
    let (high, snapshotLow) = (test.settled, test.round.snapshotLow)
    // Not `filter`: that allocates for none, too, and none is the rule.
    var relevant: [InvalidationState] = []
    for invalidation in vm.invalidations
    where !invalidation.surelyNotUp(before: high, order) && !invalidation.surelyDown(before: snapshotLow, order) {
      relevant.append(invalidation)
    }
    self.relevant = relevant
  }

  /// One that began unseen before this test.
  func add(_ invalidation: InvalidationState) {
    if !invalidation.surelyNotUp(before: high, order) { relevant.append(invalidation) }
  }

  private var round: RoundState { test.round }
  private var high: Moment { test.settled }

  // MARK: The test

  /// The recorded test held against every order that the intervals allow.
  func decision(form: ProtocolForm) -> Decision {
    if round.isTorn { return .unknown }
    guard let answer = answer(form: form) else { return restsOnTaint ? .unknown : .open }
    // What is hidden can only make a test retry.
    if !answer && (mayMissSomething || test.isRetried && recordsReason) { return .unknown }
    return answer == test.isRetried ? .agrees : .disagrees
  }

  /// What every order makes the test say; nil where orders differ (or none is possible).
  private func answer(form: ProtocolForm) -> Bool? {
    // One that was up before the test and hits a memslot is still counted, or its bump came after the snapshot: pairs with the order of
    // bump and count in the end hook, which is what makes the two reads of the test sound.
    let canBeQuiet = !relevant.contains { isSeenEitherWay($0) }
    let canBeUnmoved = !relevant.contains { surelyMovesSeq($0) }
    let canBeMoved = relevant.contains { canMoveSeq($0) }
    var (canSayYes, canSayNo) = (false, false)
    for (isActive, isPossible) in [(true, canBeActive), (false, !isCovered)] where isPossible {
      for (isMoved, isPossible) in [(true, canBeMoved), (false, canBeUnmoved)] where isPossible {
        if !isActive && !isMoved && !canBeQuiet { continue }
        if form.mustRetry(RetryObservation(invalidationsActive: isActive, seqMoved: isMoved)) {
          canSayYes = true
        } else {
          canSayNo = true
        }
      }
    }
    return canSayYes == canSayNo ? nil : canSayYes
  }

  private var canBeActive: Bool {
    relevant.contains { !$0.surelyNotUp(before: high, order) && !$0.surelyDown(before: low, order) }
  }

  private func isSurelyIn(_ invalidation: InvalidationState) -> Bool {
    invalidation.surelyUp(before: low, order)
      && invalidation.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
  }

  /// At every moment of the test some invalidation is in flight: one throughout, or several that surely take over from each other.
  private var isCovered: Bool {
    if relevant.contains(where: { isSurelyIn($0) }) { return true }
    var reached = relevant.filter { $0.surelyUp(before: low, order) }
    if reached.isEmpty || reached.count == relevant.count { return false }
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

  private func canMoveSeq(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot != false
      && !invalidation.surelyNotBumped(before: high, order, hasEndKvm: hasEndKvm)
      && !invalidation.surelyBumped(before: round.snapshotLow, order)
  }

  private func isBumpAfterSnapshot(_ invalidation: InvalidationState) -> Bool {
    guard let snapshotHigh = round.snapshotHigh else { return false }
    return invalidation.surelyNotBumped(before: snapshotHigh, order, hasEndKvm: hasEndKvm)
  }

  private func surelyMovesSeq(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot == true && isBumpAfterSnapshot(invalidation)
      && invalidation.surelyBumped(before: low, order)
  }

  private func isSeenEitherWay(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot == true && invalidation.surelyUp(before: low, order) && isBumpAfterSnapshot(invalidation)
  }

  /// An invalidation that alone makes the test retry; nil where none does.
  var deciding: InvalidationState? {
    relevant.first { isSurelyIn($0) } ?? relevant.first { isSeenEitherWay($0) }
      ?? relevant.first { surelyMovesSeq($0) }
  }

  // MARK: What was lost

  /// The test's own probe read a count or a moved seq, so the kernel had a reason to retry: if no recorded invalidation gives one, then the
  /// recording lacks it (its loss marker may stand behind the recording's end), and nothing is wrong with the kernel.
  private var recordsReason: Bool { round.recordedCount ?? 0 != 0 || round.recordedMoves ?? 0 != 0 }

  /// An invalidation may have been in flight, or have ended since the snapshot, of which nothing is recorded. The count that the test's own
  /// probe read excludes the one, the seq it read the other, where they are those of the recorded invalidations.
  private var mayMissSomething: Bool {
    if round.meetsLoss { return true }
    return mayHideInvalidations
      && (round.recordedCount != UInt64(relevant.count { isSurelyIn($0) })
        || round.recordedMoves != UInt64(relevant.count { surelyMovesSeq($0) }))
  }

  private var restsOnTaint: Bool {
    mayMissSomething || relevant.contains { $0.isFromBefore || $0.isInDoubt || $0.close == .lost }
  }

  /// What comes will tell more: the end of an invalidation may still come or be shown to be lost, a hidden one may show itself.
  var isInDoubt: Bool {
    if round.isTorn { return false }
    return relevant.contains { $0.isInDoubt } || (vm.mayHideInvalidations && !round.meetsLoss && mayMissSomething)
  }

  // MARK: The cause

  /// Why the round was repeated: only for a round that was.
  struct Verdict {
    var cause: RetryRound.Cause
    var subCause: RetryRound.SubCause?
    var invalidation: InvalidationState?
  }

  func cause(page: UHVA?) -> Verdict {
    guard !round.isTorn, let page else { return Verdict(cause: .unknown) }
    let overlapping = relevant.filter { $0.overlaps(page: page) }
    let sure = overlapping.filter { isSurelyNecessary($0) }
    if let other = sure.first(where: { !isSelf($0) }) { return Verdict(cause: .necessary, invalidation: other) }
    if let own = sure.first {
      return Verdict(
        cause: .necessary, subCause: overlapping.allSatisfy { isSelf($0) } ? .`self` : nil, invalidation: own)
    }
    if mayMissSomething { return Verdict(cause: .unknown) }
    if overlapping.isEmpty { return falseVerdict() }
    // Not sure from the intervals; but it was repeated, and nothing else can explain that.
    if overlapping.count == relevant.count {
      return Verdict(cause: .necessary, invalidation: overlapping.count == 1 ? overlapping[0] : nil)
    }
    return Verdict(cause: restsOnTaint ? .unknown : .undecided)
  }

  /// Nothing overlapped. What cannot have been seen was not the reason.
  private func falseVerdict() -> Verdict {
    if relevant.isEmpty { return Verdict(cause: .unknown) }
    if let counted = relevant.first(where: { isSurelyIn($0) }) {
      return Verdict(cause: .false, subCause: .count, invalidation: counted)
    }
    if !relevant.contains(where: { canMoveSeq($0) }) || isCovered {
      return Verdict(cause: .false, subCause: .count, invalidation: relevant.count == 1 ? relevant[0] : nil)
    }
    if !canBeActive {
      return Verdict(cause: .false, subCause: .seq, invalidation: relevant.first { surelyMovesSeq($0) })
    }
    return Verdict(cause: .false)
  }

  private func isSelf(_ invalidation: InvalidationState) -> Bool {
    invalidation.selfLookup != nil && invalidation.selfLookup == round.lookup?.id
  }

  /// In flight at the test, or ended between snapshot and test: up before the test and down after the snapshot.
  private func isSurelyNecessary(_ invalidation: InvalidationState) -> Bool {
    guard let snapshotHigh = round.snapshotHigh else { return false }
    return invalidation.surelyUp(before: low, order)
      && invalidation.surelyNotDown(before: snapshotHigh, order, hasEndKvm: hasEndKvm)
  }

  // MARK: The page

  /// An invalidation that freed the page after (`certain`) or while (`possible`) the round's lookup read it, and was over before the
  /// test (evidence, rule 8). Nothing is said of invalidations whose hooks are not all recorded, nor across a loss.
  func staleCause(page: UHVA) -> (invalidation: InvalidationState, certainty: Finding.Certainty)? {
    guard !round.isTorn, !round.meetsLoss, let lookup = round.lookup, let lookupRet = round.lookupRet else {
      return nil
    }
    var possible: InvalidationState?
    for invalidation in relevant where invalidation.overlaps(page: page) && invalidation.removesMappings {
      guard !isSelf(invalidation), let startRet = invalidation.startRet, let end = invalidation.end,
        order.surely(end, before: low), !order.surely(end, before: lookup)
      else { continue }
      if order.surely(lookupRet, before: startRet) { return (invalidation, .certain) }
      possible = possible ?? invalidation
    }
    return possible.map { ($0, .possible) }
  }
}
