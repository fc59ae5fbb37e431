// What a search can find, worst first.

import Results

/// A kind of finding that some order of steps can show.
package enum SearchVerdict: Hashable, Sendable, CaseIterable {
  /// A check said yes inside the contract window of an invalidation of its page.
  case contract
  /// A check said yes, or a round was accepted, over a page that was freed, or over an error pfn.
  case stale
  /// A task can never finish.
  case stuck

  package var kind: Finding.Kind {
    switch self {
    case .contract: .contract
    case .stale: .stale
    case .stuck: .stuck
    }
  }

  /// nil: no search shows it.
  package init?(_ kind: Finding.Kind) {
    guard let verdict = Self.allCases.first(where: { $0.kind == kind }) else { return nil }
    self = verdict
  }
}
