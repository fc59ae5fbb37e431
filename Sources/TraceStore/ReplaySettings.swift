// The settings of a replay; the row of the table `replay`.

import KVMEvents
import Results

/// The rules and thresholds of one replay.
package struct ReplaySettings: Codable, Equatable, Sendable {
  package var toolVersion: String
  /// The form that divergences are counted from: `v6.9`.
  package var form: String
  package var formReason: FormReason
  /// How far the clocks of two CPUs are assumed to differ, in nanoseconds; one of `deltasNs`.
  package var deltaNs: Int64
  /// A refresh with more false retries is excessive.
  package var retriesMax: Int64
  /// A refresh that loses more than this to false retries is excessive, in nanoseconds.
  package var stallMaxNs: Int64

  /// Decisions wait this long: more would keep a long recording in memory, and no clock is off by that much.
  package static let deltasNs: ClosedRange<Int64> = 0...1_000_000_000

  package init(
    toolVersion: String, form: String, formReason: FormReason, deltaNs: Int64, retriesMax: Int64, stallMaxNs: Int64
  ) {
    self.toolVersion = toolVersion
    self.form = form
    self.formReason = formReason
    self.deltaNs = deltaNs
    self.retriesMax = retriesMax
    self.stallMaxNs = stallMaxNs
  }
}
