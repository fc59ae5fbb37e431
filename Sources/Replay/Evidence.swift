// Which probes a verdict needs that says something of what did not happen.

import KVMEvents
import Operations

/// The probes without which "accepted, forced", "the same mapping since", "still valid" and "nothing in flight" cannot be said (evidence,
/// rule 19): entry and return of both hooks, of the body of a refresh, and of its lookup. `contract` alone needs less.
package enum Evidence {
  /// Each with the kinds of event that serve for it.
  private static let needed: [[EventKind]] = [
    [.mnInvalidateRangeStart], [.mnInvalidateRangeStartRet], [.mnInvalidateRangeEnd], [.mnInvalidateRangeEndRet],
    [.lockedRefresh, .gfnToPfnCacheRefresh], [.lockedRefreshRet, .gpcRefreshRet], [.hvaToPfn], [.hvaToPfnRet],
  ]

  /// A kind of event that never came, and that the recording does not list as set, is not recorded.
  static func missing(from seen: ProbesSeen, listed: Set<EventKind>) -> [EventKind] {
    needed.filter { kinds in !kinds.contains { seen.has($0) || listed.contains($0) } }.compactMap(\.first)
  }
}
