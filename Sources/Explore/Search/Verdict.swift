// What a search can find.

package enum Verdict: String, Hashable, Sendable, CaseIterable, Comparable {
  /// A check said yes inside the contract window of an invalidation of its page.
  case contract
  /// A check said yes, or a round was accepted, over a page that was freed, or over an error pfn.
  case stale
  /// A task can never finish.
  case stuck

  package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .contract: 0
    case .stale: 1
    case .stuck: 2
    }
  }
}
