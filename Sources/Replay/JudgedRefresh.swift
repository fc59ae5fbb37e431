// Why the rounds of a refresh were repeated, added up.

import KVMEvents
import Operations
import Results

/// The sums over the rounds of one refresh that are decided so far.
struct JudgedRefresh {
  private(set) var necessaryCount: Int32 = 0
  private(set) var falseCount: Int32 = 0
  private(set) var undecidedCount: Int32 = 0
  private(set) var falseNs: Int64 = 0
  /// The rounds' tops and tests that a finding about false retries cites: the first and the last false one.
  private(set) var firstFalse: EventID?
  private(set) var lastFalse: EventID?
  /// What the cache's pfn was when it began: an error or not; nil: not known.
  var oldPFNIsError: Bool?
  /// Rounds whose decision waits for the end of an invalidation that may have been lost.
  var deferredCount = 0
  /// It is over and only its deferred rounds hold back its row.
  var isClosed = false

  /// A round was repeated for this cause; it lasted from its begin to the event that shows it.
  mutating func count(_ cause: RetryRound.Cause, from begun: Moment?, to settled: Moment) {
    switch cause {
    case .necessary: necessaryCount += 1
    case .false:
      falseCount += 1
      falseNs.addClamped(begun.map { settled.time - $0.time } ?? 0)
      firstFalse = firstFalse ?? begun?.id
      lastFalse = settled.id
    case .undecided: undecidedCount += 1
    case .unknown: break
    }
  }
}
