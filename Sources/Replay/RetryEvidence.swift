// What the recording allows a retry test to have seen, and why its round was repeated.

import GPCProtocol
import KVMEvents

/// The invalidations of one VM, held against one retry test (evidence, rules 2, 4 and 5).
struct RetryEvidence {
  private let low: Moment
  private let high: Moment
  private let round: RoundState
  private let order: MomentOrder
  private let hasEndKvm: Bool
  private let mayHideInvalidations: Bool
  /// Those that may have been up before the test and may have gone down after the snapshot.
  private let relevant: [InvalidationState]

  init(test: PendingTest, tested: Moment, vm: VMState, order: MomentOrder, hasEndKvm: Bool, mayHideInvalidations: Bool) {
    low = tested
    high = test.settled
    round = test.round
    self.order = order
    self.hasEndKvm = hasEndKvm
    self.mayHideInvalidations = mayHideInvalidations
    let (high, snapshotLow) = (high, round.snapshotLow)
    relevant = vm.invalidations.filter {
      !$0.surelyNotUp(before: high, order) && !$0.surelyDown(before: snapshotLow, order)
    }
  }

  // MARK: The test

  /// The recorded test held against every order that the intervals allow.
  func decision(form: ProtocolForm, isRetried: Bool) -> Decision {
    if round.isTainted { return .unknown }
    let answers = answers(form: form)
    guard answers.count == 1, let answer = answers.first else {
      return restsOnTaint ? .unknown : .open
    }
    // A hidden invalidation can only make a test retry.
    if mayHideInvalidations && !answer { return .unknown }
    return answer == isRetried ? .agrees : .disagrees
  }

  private func answers(form: ProtocolForm) -> Set<Bool> {
    let canBeActive = relevant.contains { !isSurelyOut($0) }
    let canBeIdle = !isCovered
    let canBeMoved = relevant.contains(where: canMoveSeq)
    let canBeUnmoved = !relevant.contains(where: surelyMovesSeq)
    // One that was up before the test and hits a memslot is still counted, or its bump came after the snapshot: pairs with the order of
    // bump and count in the end hook, which is what makes the two reads of the test sound.
    let canBeQuiet = !relevant.contains(where: isSeenEitherWay)
    var answers: Set<Bool> = []
    for (isActive, isPossible) in [(true, canBeActive), (false, canBeIdle)] where isPossible {
      for (isMoved, isPossible) in [(true, canBeMoved), (false, canBeUnmoved)] where isPossible {
        if !isActive && !isMoved && !canBeQuiet { continue }
        answers.insert(form.mustRetry(RetryObservation(invalidationsActive: isActive, seqMoved: isMoved)))
      }
    }
    return answers
  }

  private func isSurelyOut(_ invalidation: InvalidationState) -> Bool {
    invalidation.surelyNotUp(before: high, order) || invalidation.surelyDown(before: low, order)
  }

  private func isSurelyIn(_ invalidation: InvalidationState) -> Bool {
    invalidation.surelyUp(before: low, order) && invalidation.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
  }

  /// At every moment of the test some invalidation is in flight: one throughout, or several that surely take over from each other.
  private var isCovered: Bool {
    if relevant.contains(where: isSurelyIn) { return true }
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

  private func canMoveSeq(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot != false && !invalidation.surelyNotBumped(before: high, order)
      && !invalidation.surelyBumped(before: round.snapshotLow, order)
  }

  private func isBumpAfterSnapshot(_ invalidation: InvalidationState) -> Bool {
    guard let snapshotHigh = round.snapshotHigh else { return false }
    return invalidation.surelyNotBumped(before: snapshotHigh, order)
  }

  private func surelyMovesSeq(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot == true && isBumpAfterSnapshot(invalidation)
      && invalidation.surelyBumped(before: low, order)
  }

  private func isSeenEitherWay(_ invalidation: InvalidationState) -> Bool {
    invalidation.hitsMemslot == true && invalidation.surelyUp(before: low, order) && isBumpAfterSnapshot(invalidation)
  }

  private var restsOnTaint: Bool {
    mayHideInvalidations
      || relevant.contains { $0.start == nil || $0.taintedSince != nil && $0.end == nil || $0.close == .lost }
  }

  /// An invalidation that alone makes the test retry; nil where none does.
  var deciding: InvalidationState? {
    relevant.first(where: isSurelyIn) ?? relevant.first(where: isSeenEitherWay) ?? relevant.first(where: surelyMovesSeq)
  }

  // MARK: The cause

  /// Why the round was repeated: only for a round that was.
  struct Verdict {
    var cause: RetryRound.Cause
    var subCause: RetryRound.SubCause?
    var invalidation: InvalidationState?
  }

  func cause(page: UHVA?) -> Verdict {
    guard !round.isTainted, let page else { return Verdict(cause: .unknown) }
    let overlapping = relevant.filter { $0.overlaps(page: page) }
    if let sure = overlapping.first(where: { !isSelf($0) && isSurelyNecessary($0) }) {
      return Verdict(cause: .necessary, invalidation: sure)
    }
    if let own = overlapping.first(where: { isSelf($0) && isSurelyNecessary($0) }) {
      let isAlone = overlapping.allSatisfy(isSelf)
      return Verdict(cause: .necessary, subCause: isAlone ? .`self` : nil, invalidation: own)
    }
    if !overlapping.isEmpty { return Verdict(cause: restsOnTaint ? .unknown : .undecided) }
    if mayHideInvalidations { return Verdict(cause: .unknown) }
    return falseVerdict()
  }

  private func falseVerdict() -> Verdict {
    if let counted = relevant.first(where: isSurelyIn) {
      return Verdict(cause: .false, subCause: .count, invalidation: counted)
    }
    if isCovered { return Verdict(cause: .false, subCause: .count) }
    let canBeActive = relevant.contains { !isSurelyOut($0) }
    if let bump = relevant.first(where: surelyMovesSeq), !canBeActive {
      return Verdict(cause: .false, subCause: .seq, invalidation: bump)
    }
    // Nothing overlapped, so it is false; whether the count or seq was seen is left open.
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
  /// test (evidence, rule 8). Nothing is said of invalidations whose hooks are not all recorded.
  func staleCause(page: UHVA) -> (invalidation: InvalidationState, certainty: Finding.Certainty)? {
    guard !round.isTainted, let lookup = round.lookup, let lookupRet = round.lookupRet else { return nil }
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
