// Which probes the recording has, and what stays unknown without the others.

import KVMEvents

/// The kinds of event met so far.
struct ProbesSeen {
  private var seen: UInt64 = 0

  @inline(__always)
  mutating func see(_ kind: EventKind) { seen |= 1 << UInt64(kind.rawValue) }

  @inline(__always)
  func has(_ kind: EventKind) -> Bool { seen >> UInt64(kind.rawValue) & 1 == 1 }

  private func lacks(_ kind: EventKind, whileHas partner: EventKind) -> Bool { has(partner) && !has(kind) }

  private var hasRefresh: Bool { has(.lockedRefresh) || has(.gfnToPfnCacheRefresh) || has(.gpcRefresh) }
  private var hasRound: Bool { has(.hvaToPfn) || has(.gpcRetryLoop) }

  var missing: [String] {
    var result: [String] = []
    if !has(.mnInvalidateRangeStart) {
      result.append("mn_invalidate_range_start: no invalidation is known; no verdict")
    }
    if lacks(.gpcInvalidateStart, whileHas: .mnInvalidateRangeStart) {
      result.append("gpc_invalidate_start: notifiers cannot be tied to VMs; no verdict")
    }
    if lacks(.mnInvalidateRangeStartRet, whileHas: .mnInvalidateRangeStart) {
      result.append("mn_invalidate_range_start_ret: contract windows have no begin; contract and stale are unknown")
    }
    if lacks(.mnInvalidateRangeEnd, whileHas: .mnInvalidateRangeStart) {
      result.append("mn_invalidate_range_end: contract windows have no end; every verdict is unknown")
    }
    if lacks(.mnInvalidateRangeEndRet, whileHas: .mnInvalidateRangeEnd) {
      result.append("mn_invalidate_range_end_ret: when the count goes down is not known; retry tests are unknown")
    }
    if hasRefresh && hasRound && !has(.gpcRetryCheck) {
      result.append("gpc_retry_check: retry tests and the causes of retries are unknown")
    }
    if hasRefresh && !has(.hvaToPfn) { result.append("hva_to_pfn: lookups are not known; stale is unknown") }
    if lacks(.hvaToPfnRet, whileHas: .hvaToPfn) {
      result.append("hva_to_pfn_ret: the end of lookups is not known; stale is unknown")
    }
    if has(.gpcRetryCheck) && !has(.gpcRefreshDone) {
      result.append("gpc_refresh_done: accepted rounds are known only by the refresh's return")
    }
    if !has(.gpcCheck) { result.append("gpc_check: no check is recorded; contract is unknown") }
    if lacks(.gpcCheckRet, whileHas: .gpcCheck) { result.append("gpc_check_ret: the answers of checks are unknown") }
    return result
  }
}
