// Which probes a verdict needs that says something of what did not happen.

import KVMEvents
import Operations
import Results

/// The probes without which "accepted, forced", "the same mapping since", "still valid" and "nothing in flight" cannot
/// be said (evidence, rule 19): entry and return of both hooks, of the body of a refresh, and of its lookup. `contract`
/// alone needs less.
package enum Evidence {
  private static let hooks: [EventKind] = [
    .mnInvalidateRangeStart, .mnInvalidateRangeStartRet, .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet,
  ]

  /// What an event is about. Without it the event tells nothing.
  private static let subjects: Set<EventField> = [.kvm, .gpc, .mn, .uhva, .start, .end]

  /// A kind of event that never came is not recorded; one whose subject is not used is as good as that (evidence, rule
  /// 20).
  static func missing(from seen: ProbesSeen, unused: [ImplausibleField]) -> [EventKind] {
    let pointless = Set(unused.filter { subjects.contains($0.field) }.map(\.kind))
    // Up to 6.1 request and body are one function.
    let isOneFunction = seen.has(.gfnToPfnCacheRefresh) && !seen.has(.lockedRefresh)
    let body: [EventKind] =
      isOneFunction ? [.gfnToPfnCacheRefresh, .gpcRefreshRet] : [.lockedRefresh, .lockedRefreshRet]
    let missing = (hooks + body + [.hvaToPfn, .hvaToPfnRet]).filter {
      !seen.has($0) || pointless.contains($0)
    }
    // Where a refresh has no begin or no end, success tells which round was its last.
    let lacksEnd = !Set(missing).isDisjoint(with: body) && !seen.has(.gpcRefreshDone)
    return missing + (lacksEnd ? [.gpcRefreshDone] : [])
  }
}
