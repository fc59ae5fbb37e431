// What a replay gave up because more was open than it may keep; a row of the table `given_up`.

import KVMEvents

/// A bound that the replay reached. All that was open is unknown, as if every CPU had dropped events right before
/// `event` (evidence, rule 13).
package struct GivenUp: Sendable {
  package enum Bound: String, CaseIterable, Codable, Sendable {
    /// Bytes that the replay may take (`--memory-max`).
    case memory
    /// Invalidations of one VM that are open at once, or not surely over.
    case openInvalidations = "open_invalidations"
  }

  package let bound: Bound
  /// Bytes, or a count.
  package let limit: Int64
  /// The first event that was judged without what came before it; if `endsReplay`, the first that was not judged.
  package let event: EventID
  /// Even with nothing open the bound is reached: no later event was judged.
  package let endsReplay: Bool

  package init(bound: Bound, limit: Int64, event: EventID, endsReplay: Bool) {
    self.bound = bound
    self.limit = limit
    self.event = event
    self.endsReplay = endsReplay
  }
}
