// One round of a retry loop; a row of the table `retry_round`.

import KVMEvents

/// One round of `hva_to_pfn_retry()`.
package struct RetryRound: Sendable {
  package enum Outcome: String, Sendable {
    case accepted, retried
    /// The lookup returned an error.
    case failed
    /// Its outcome is not in the recording.
    case unfinished
  }

  /// Why this round was repeated. The accepted or failed last round has none. In the order of the view
  /// `retry_by_cause`.
  package enum Cause: String, CaseIterable, Encodable, Sendable {
    /// No invalidation that overlaps the uhva's page was in flight at the test, nor ended between snapshot and test.
    case `false`
    /// One was, or did.
    case necessary
    /// The intervals leave it open.
    case undecided
    /// Lost events, a missing probe or a missing beginning.
    case unknown
  }

  /// In the order of the view, too.
  package enum SubCause: String, CaseIterable, Encodable, Sendable {
    /// An unrelated invalidation was in flight.
    case count
    /// Made by the round's own lookup.
    case `self`
    /// An unrelated invalidation that hit a memslot ended.
    case seq
    /// `mmu_invalidate_seq` was moved without a recorded hook.
    case seqOther = "seq_other"
    /// Only the covering range of several invalidations overlaps (forms that keep one).
    case widened
  }

  package let refresh: Int64
  /// 1 for the first round of its refresh.
  package let number: Int32
  package let loopEvent: EventID?
  package let lookupEvent: EventID?
  package let lookupRetEvent: EventID?
  package let testEvent: EventID?
  package let uhva: UHVA?
  package let outcome: Outcome
  /// The retry test compared with the replay; nil if the round reached no test.
  package let decision: Decision?
  package let cause: Cause?
  package let subCause: SubCause?
  /// An invalidation that alone gives the cause.
  package let invalidation: Int64?
  /// From this round's top to the next one's (or to the test, for the last), in nanoseconds.
  package let durationNs: Int64?
  /// Why the decision is open or unknown, or the cause undecided or unknown.
  package let doubt: Doubt?
  /// The event that shows the outcome of the round; nil: not known. Its evidence extends to it. Not a column.
  package let settledEvent: EventID?

  package init(
    refresh: Int64, number: Int32, loopEvent: EventID?, lookupEvent: EventID?, lookupRetEvent: EventID?,
    testEvent: EventID?, uhva: UHVA?, outcome: Outcome, decision: Decision?, cause: Cause?, subCause: SubCause?,
    invalidation: Int64?, durationNs: Int64?, doubt: Doubt? = nil, settledEvent: EventID? = nil
  ) {
    self.refresh = refresh
    self.number = number
    self.loopEvent = loopEvent
    self.lookupEvent = lookupEvent
    self.lookupRetEvent = lookupRetEvent
    self.testEvent = testEvent
    self.uhva = uhva
    self.outcome = outcome
    self.decision = decision
    self.cause = cause
    self.subCause = subCause
    self.invalidation = invalidation
    self.durationNs = durationNs
    self.doubt = doubt
    self.settledEvent = settledEvent
  }
}
