// The lock or hook at each event, for a reader of pfncache.c and kvm_main.c.

import KVMEvents

extension EventKind {
  /// The lock that is held, or the hook that runs, at the event's position in the kernel.
  /// - Parameter walksInEndHook: the walk of the caches is in the end hook: its event has one name in both hooks, and
  ///   its nesting shows which.
  func place(walksInEndHook: Bool) -> String {
    switch self {
    case .gpcInvalidateStart where walksInEndHook: "end hook, the walk; gpc_lock next"
    case .mnInvalidateRangeStart: "start hook, entry"
    case .kvmUnmapHvaRange: "start hook"
    case .gpcInvalidateStart: "start hook, count is up; gpc_lock next"
    case .mnInvalidateRangeStartRet: "start hook, return"
    case .mnInvalidateRangeEnd: "end hook, entry: pages freed"
    case .mnInvalidateEndKvm: "end hook, seq and count next"
    case .mnInvalidateRangeEndRet: "end hook, return: count is down"
    case .gpcInit: "no lock"
    case .gpcActivate, .gpcActivateHva: "no lock; refresh_lock next"
    case .gpcRefresh: "no lock; refresh_lock next"
    case .lockedRefresh, .gfnToPfnCacheRefresh: "refresh_lock, gpc->lock next"
    case .gpcRetryLoop: "refresh_lock, loop top"
    case .hvaToPfn, .hvaToPfnRet: "refresh_lock, gpc->lock dropped"
    case .gpcRetryCheck, .gpcRefreshDone: "refresh_lock, gpc->lock (write)"
    case .lockedRefreshRet, .gpcRefreshRet, .gpcActivateRet, .gpcActivateHvaRet: "no lock any more"
    case .gpcCheck, .gpcCheckRet: "gpc->lock (read)"
    case .gpcDeactivate, .gpcDeactivateRet: "no lock; gpc->lock inside"
    case .gpcUnmap, .mnInvalidateRange, .mnChangePte: "no lock"
    case .setMemoryRegion, .setMemoryRegionRet: "slots_lock"
    case .bystander: ""
    case .lostEvents: "events dropped"
    }
  }
}
