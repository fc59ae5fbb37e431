// Decisions of the recorded kernel that wait until no further event can concern them.

import KVMEvents
import Operations

/// A retry test: made between its round's `test` and `settled`, the next event of its context.
struct PendingTest {
  let refresh: RefreshSlot
  let round: RoundSlot
  let settled: Moment
  let isRetried: Bool
  let pfn: PFN?
  /// The cache's own pfn, which the refresh found, is an error; nil: not known.
  let oldPFNIsError: Bool?
}

/// A check: made between its entry and `ret`.
struct PendingCheck {
  let state: CheckState
  let ret: Moment
  let answer: Bool
  /// The mapping as it was when the check returned.
  let mapping: JudgedCache.Mapping?
  /// Events were dropped in between.
  var meetsLoss = false
}

/// A check that waits for the ends of several invalidations, held once for all of them.
final class SharedCheck {
  let check: PendingCheck

  init(_ check: PendingCheck) { self.check = check }
}

enum PendingDecision {
  case test(PendingTest)
  /// Boxed, since otherwise every decision in the queue would have its size.
  indirect case check(PendingCheck)
  /// A refresh returned (or was given up) at this moment: its row follows its last test.
  case refresh(RefreshSlot, Moment)

  var settled: Moment {
    switch self {
    case .test(let test): test.settled
    case .check(let check): check.ret
    case .refresh(_, let moment): moment
    }
  }
}
