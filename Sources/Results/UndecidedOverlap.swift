// Where a missed invalidation could hide; a row of the table `undecided_overlap`.

import KVMEvents

/// A retry test that was accepted, or a check that said yes, of which the recorded order leaves open whether it missed
/// an invalidation of its page (evidence, rules 7, 8 and 22).
package struct UndecidedOverlap: Sendable {
  package enum Subject: String, CaseIterable, Encodable, Sendable {
    case retryTest = "retry_test"
    case check
  }

  package let subject: Subject
  /// The test, or the check's return.
  package let event: EventID
  package let cache: Int32
  package let invalidation: Int64
  /// Of the test.
  package let refresh: Int64?
  package let check: Int64?

  package init(
    subject: Subject, event: EventID, cache: Int32, invalidation: Int64, refresh: Int64? = nil, check: Int64? = nil
  ) {
    self.subject = subject
    self.event = event
    self.cache = cache
    self.invalidation = invalidation
    self.refresh = refresh
    self.check = check
  }
}
