// Signs that events were omitted without a marker; a row of the table `silent_omission`.

import KVMEvents

/// A sign of a filter by task or CPU, which no marker announces (evidence, rule 19).
package struct SilentOmission: Sendable {
  package enum Sign: String, CaseIterable, Encodable, Sendable {
    /// A recorded `mn_active_invalidate_count` above what the recorded hooks can make it.
    case countAbove = "count_above"
    /// The same below what they must make it: an end is missing.
    case countBelow = "count_below"
    /// A task does what it cannot do before a return that is not recorded, or an end has no start.
    case unpaired
  }

  package let sign: Sign
  /// How many events show it.
  package let count: Int64
  package let firstEvent: EventID
  /// For counts: the largest deviation, so the fewest invalidations (or ends) that are missing at once; else nil.
  package let mostMissing: Int64?

  package init(sign: Sign, count: Int64, firstEvent: EventID, mostMissing: Int64?) {
    self.sign = sign
    self.count = count
    self.firstEvent = firstEvent
    self.mostMissing = mostMissing
  }
}
