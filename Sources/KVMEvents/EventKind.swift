// What a recorded event means, whatever name the probes of a kernel give it. The catalogue maps event names to these.

/// The points of the kernel that a recording can name. Raw values are stored in the database: append, never renumber.
public enum EventKind: UInt8, CaseIterable, Sendable {
  /// In the catalogue, but not needed by the replay (`xen_set_evtchn_fast`, `kvm_userspace_exit`, `print`): it still
  /// ends intervals of its context.
  case bystander = 0
  /// Entry of `kvm_mmu_notifier_invalidate_range_start()`.
  case mnInvalidateRangeStart = 1
  /// Its return: from here on the range must not be touched.
  case mnInvalidateRangeStartRet = 2
  /// The tracepoint `kvm_unmap_hva_range`: first statement of the start hook, names no VM.
  case kvmUnmapHvaRange = 3
  /// Entry of `gfn_to_pfn_cache_invalidate_start()`: the count is up, the walk begins.
  case gpcInvalidateStart = 4
  /// Entry of `kvm_mmu_notifier_invalidate_range_end()`: the pages are unmapped and freed.
  case mnInvalidateRangeEnd = 5
  /// Inside the end hook, after the memslots were handled and before the count goes down (6.12 probes).
  case mnInvalidateEndKvm = 6
  /// Return of the end hook: the count is down.
  case mnInvalidateRangeEndRet = 7
  /// `kvm_gpc_init()`.
  case gpcInit = 8
  /// `kvm_gpc_activate()`.
  case gpcActivate = 9
  case gpcActivateRet = 10
  /// `kvm_gpc_activate_hva()`.
  case gpcActivateHva = 11
  case gpcActivateHvaRet = 12
  /// `kvm_gpc_deactivate()`.
  case gpcDeactivate = 13
  case gpcDeactivateRet = 14
  /// `kvm_gpc_refresh()` of v6.2 and later: an explicit request, before `refresh_lock` is taken.
  case gpcRefresh = 15
  /// Its return; also the return of `kvm_gfn_to_pfn_cache_refresh()`, whose probe has the same name.
  case gpcRefreshRet = 16
  /// `__kvm_gpc_refresh()`: every refresh, however requested.
  case lockedRefresh = 17
  case lockedRefreshRet = 18
  /// `kvm_gfn_to_pfn_cache_refresh()` (6.1): request and refresh in one; takes kvm and gpa as arguments.
  case gfnToPfnCacheRefresh = 19
  /// Top of the loop in `hva_to_pfn_retry()`; on 6.1 right before the lookup, after the snapshot.
  case gpcRetryLoop = 20
  /// `hva_to_pfn()`; also called by ordinary page faults.
  case hvaToPfn = 21
  case hvaToPfnRet = 22
  /// The retry test, `gpc->lock` just taken for write.
  case gpcRetryCheck = 23
  /// Success: `valid` is being set.
  case gpcRefreshDone = 24
  /// `kvm_gpc_check()` under the read lock.
  case gpcCheck = 25
  case gpcCheckRet = 26
  /// `kvm_gfn_to_pfn_cache_unmap()` (6.1).
  case gpcUnmap = 27
  /// `kvm_mmu_notifier_invalidate_range()` (6.1).
  case mnInvalidateRange = 28
  /// `kvm_mmu_notifier_change_pte()` (6.1).
  case mnChangePte = 29
  /// `__kvm_set_memory_region()`.
  case setMemoryRegion = 30
  case setMemoryRegionRet = 31
  /// No event: the tracer dropped events of this CPU before this point. Field `len` is their number if it is known.
  case lostEvents = 32
}

extension EventKind {
  /// In the table `event_kind`, in a probe catalogue and in JSON.
  package var name: String {
    switch self {
    case .bystander: "bystander"
    case .mnInvalidateRangeStart: "mn_invalidate_range_start"
    case .mnInvalidateRangeStartRet: "mn_invalidate_range_start_ret"
    case .kvmUnmapHvaRange: "kvm_unmap_hva_range"
    case .gpcInvalidateStart: "gpc_invalidate_start"
    case .mnInvalidateRangeEnd: "mn_invalidate_range_end"
    case .mnInvalidateEndKvm: "mn_invalidate_end_kvm"
    case .mnInvalidateRangeEndRet: "mn_invalidate_range_end_ret"
    case .gpcInit: "gpc_init"
    case .gpcActivate: "gpc_activate"
    case .gpcActivateRet: "gpc_activate_ret"
    case .gpcActivateHva: "gpc_activate_hva"
    case .gpcActivateHvaRet: "gpc_activate_hva_ret"
    case .gpcDeactivate: "gpc_deactivate"
    case .gpcDeactivateRet: "gpc_deactivate_ret"
    case .gpcRefresh: "gpc_refresh"
    case .gpcRefreshRet: "gpc_refresh_ret"
    case .lockedRefresh: "__gpc_refresh"
    case .lockedRefreshRet: "__gpc_refresh_ret"
    case .gfnToPfnCacheRefresh: "gfn_to_pfn_cache_refresh"
    case .gpcRetryLoop: "gpc_retry_loop"
    case .hvaToPfn: "hva_to_pfn"
    case .hvaToPfnRet: "hva_to_pfn_ret"
    case .gpcRetryCheck: "gpc_retry_check"
    case .gpcRefreshDone: "gpc_refresh_done"
    case .gpcCheck: "gpc_check"
    case .gpcCheckRet: "gpc_check_ret"
    case .gpcUnmap: "gpc_unmap"
    case .mnInvalidateRange: "mn_invalidate_range"
    case .mnChangePte: "mn_change_pte"
    case .setMemoryRegion: "set_memory_region"
    case .setMemoryRegionRet: "set_memory_region_ret"
    case .lostEvents: "lost_events"
    }
  }
}
