// What a search can find, worst first.

package enum SearchVerdict: String, Hashable, Sendable, CaseIterable {
  /// A check said yes inside the contract window of an invalidation of its page.
  case contract
  /// A check said yes, or a round was accepted, over a page that was freed, or over an error pfn.
  case stale
  /// A task can never finish.
  case stuck
}
