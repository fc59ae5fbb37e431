// What the invalidations around one retry test together say about it.

import GPCProtocol
import KVMEvents
import Operations

/// Collected from the invalidations in one pass: every retry test needs most of it, and separate passes would walk them
/// again.
struct RetrySigns {
  /// How many are in flight throughout the test, and the first of them (its position among the relevant ones).
  private(set) var surelyInCount = 0
  private(set) var firstSurelyIn: Int?
  /// How many are certainly up before the test.
  private(set) var upCount = 0
  /// How many may be in flight at some moment of the test.
  private(set) var possiblyInCount = 0
  var canBeActive: Bool { possiblyInCount > 0 }
  /// One may have moved seq since the snapshot.
  private(set) var canMoveSeq = false
  /// How many certainly moved it before the test.
  private(set) var moverCount = 0
  /// One is either still counted, or its bump came after the snapshot.
  private(set) var hasOneSeenEitherWay = false
  /// One is not recorded from its start to its end.
  private(set) var hasTaint = false

  init(
    of relevant: InvalidationList, low: Moment, high: Moment, snapshotLow: Moment, snapshotHigh: Moment?,
    _ order: MomentOrder, hasEndKvm: Bool, seq: SequenceRule = .mmu
  ) {
    for index in relevant.indices {
      let invalidation = relevant[index]
      let isUp = invalidation.surelyUp(before: low, order)
      // Also: its bump comes after the test.
      let staysUp = invalidation.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
      if isUp { upCount += 1 }
      if isUp && staysUp {
        surelyInCount += 1
        firstSurelyIn = firstSurelyIn ?? index
      }
      if !invalidation.surelyDown(before: low, order) { possiblyInCount += 1 }
      let moves: Bool? = seq == .gpc ? true : invalidation.hitsMemslot
      if moves != false {
        if !staysUp && !invalidation.surelyBumped(before: snapshotLow, order) { canMoveSeq = true }
        if moves == true, let snapshotHigh,
          invalidation.surelyNotBumped(before: snapshotHigh, order, hasEndKvm: hasEndKvm)
        {
          if isUp { hasOneSeenEitherWay = true }
          if invalidation.surelyBumped(before: low, order) { moverCount += 1 }
        }
      }
      if invalidation.isFromBefore || invalidation.isInDoubt || invalidation.close == .lost { hasTaint = true }
    }
  }
}
