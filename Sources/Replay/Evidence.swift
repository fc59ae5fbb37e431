// Which probes a verdict about absent events needs.

import KVMEvents
import Operations
import Results

/// The probes without which "accepted, forced", "the same mapping since", "still valid" and "nothing in flight" cannot
/// be said (evidence, rule 19): entry and return of both hooks, of the body of a refresh, and of its lookup. Only
/// `contract` needs less.
package enum Evidence {
  private static let hooks: [EventKind] = [
    .mnInvalidateRangeStart, .mnInvalidateRangeStartRet, .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet,
  ]

  /// The subject of an event. Without it the event is useless.
  private static let subjects: Set<EventField> = [.kvm, .gpc, .mn, .uhva, .start, .end]

  /// A kind of event that never occurs is not recorded; one whose subject is not used counts as not recorded, too
  /// (evidence, rule 20).
  static func missing(from seen: ProbesSeen, unused: [ImplausibleField]) -> [EventKind] {
    let pointless = Set(unused.filter { subjects.contains($0.field) }.map(\.kind))
    // Up to 6.1 request and body are one function.
    let isOneFunction = seen.has(.gfnToPfnCacheRefresh) && !seen.has(.lockedRefresh)
    let body: [EventKind] =
      isOneFunction ? [.gfnToPfnCacheRefresh, .gpcRefreshRet] : [.lockedRefresh, .lockedRefreshRet]
    let missing = (hooks + body + [.hvaToPfn, .hvaToPfnRet]).filter {
      !seen.has($0) || pointless.contains($0)
    }
    // If a refresh has no begin or no end, success shows which round was its last.
    let lacksEnd = !Set(missing).isDisjoint(with: body) && !seen.has(.gpcRefreshDone)
    return missing + (lacksEnd ? [.gpcRefreshDone] : [])
  }
}
