// Why something could not be judged; the column `doubt` of the tables `retry_round` and `cache_check`.

import KVMEvents

/// The reason for a decision that is `open` or `unknown`, or a cause that is `undecided` or `unknown`.
package enum Doubt: String, CaseIterable, Encodable, Sendable {
  /// Another step lies so close that both orders are possible.
  case order
  /// It is not known whether an invalidation's range overlaps a memslot.
  case memslots
  /// A memslot update was in progress (rule 24).
  case memslotUpdate = "memslot_update"
  /// Events were lost.
  case loss
  /// What began before the recording may bear on it.
  case before
  /// An invalidation's end is not recorded.
  case unrecordedEnd = "unrecorded_end"
  /// Not all of its own events, or their fields, are recorded.
  case part
  /// Probes are missing, or their fields.
  case probes
  /// Events were omitted without a marker (rule 19).
  case leftOut = "left_out"
  /// `mmu_invalidate_seq` can only have been moved without a hook (rule 23).
  case seqOther = "seq_other"
  /// The recorded count includes invalidations that no hook shows.
  case countOther = "count_other"
}
