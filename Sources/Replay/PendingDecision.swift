// Decisions of the recorded kernel that wait until no event can come any more that bears on them.

import KVMEvents

/// A retry test: made between its round's `test` and `settled`, the next event of its context.
struct PendingTest {
  let refresh: RefreshSlot
  let round: RoundSlot
  let settled: Moment
  let isRetried: Bool
  let pfn: PFN?
}

/// A check: made between `entry` and `ret`.
struct PendingCheck {
  var state: CheckState
  let ret: Moment
  let answer: Bool
  /// The mapping as it stood when the check returned.
  let mapping: CacheState.Mapping?
}

/// A `mn_active_invalidate_count` that a probe read some time after `low`.
struct RecordedCount {
  let vm: VMState
  let count: UInt64
  let low: Moment
}

enum PendingDecision {
  case test(PendingTest)
  /// Boxed, or its size would be that of every decision in the queue.
  indirect case check(PendingCheck)
  /// Read before this moment.
  case count(RecordedCount, before: Moment)
  /// A refresh returned (or was given up) at this moment: its row follows its last test.
  case refresh(RefreshSlot, Moment)

  var settled: Moment {
    switch self {
    case .test(let test): test.settled
    case .check(let check): check.ret
    case .count(_, let moment), .refresh(_, let moment): moment
    }
  }
}
