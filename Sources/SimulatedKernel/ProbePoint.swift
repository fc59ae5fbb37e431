// The probes of the simulated kernel: those of linux_6_12.probes, by the names they print.

package enum ProbePoint: String, CaseIterable, Hashable, Sendable {
  case mnInvalidateRangeStart = "mn_invalidate_range_start"
  case mnInvalidateRangeStartRet = "mn_invalidate_range_start_ret"
  case kvmUnmapHvaRange = "kvm_unmap_hva_range"
  case gpcInvalidateStart = "gpc_invalidate_start"
  case mnInvalidateRangeEnd = "mn_invalidate_range_end"
  case mnInvalidateEndKvm = "mn_invalidate_end_kvm"
  case mnInvalidateRangeEndRet = "mn_invalidate_range_end_ret"
  case gpcInit = "gpc_init"
  case gpcActivate = "gpc_activate"
  case gpcActivateRet = "gpc_activate_ret"
  case gpcActivateHva = "gpc_activate_hva"
  case gpcActivateHvaRet = "gpc_activate_hva_ret"
  case gpcDeactivate = "gpc_deactivate"
  case gpcDeactivateRet = "gpc_deactivate_ret"
  case gpcRefresh = "gpc_refresh"
  case gpcRefreshRet = "gpc_refresh_ret"
  case lockedRefresh = "__gpc_refresh"
  case lockedRefreshRet = "__gpc_refresh_ret"
  case gpcRetryLoop = "gpc_retry_loop"
  case hvaToPfn = "hva_to_pfn"
  case hvaToPfnRet = "hva_to_pfn_ret"
  case gpcRetryCheck = "gpc_retry_check"
  case gpcRefreshDone = "gpc_refresh_done"
  case gpcCheck = "gpc_check"
  case gpcCheckRet = "gpc_check_ret"
  case setMemoryRegion = "set_memory_region"
  case setMemoryRegionRet = "set_memory_region_ret"
  case userspaceExit = "kvm_userspace_exit"

  /// A return probe: it prints where it returns from and to.
  var isReturn: Bool { rawValue.hasSuffix("_ret") }

  /// A tracepoint prints no instruction pointer.
  var isTracepoint: Bool { self == .kvmUnmapHvaRange || self == .userspaceExit }

  /// Points inside functions: their offsets hold for one build.
  package static let insideFunctions: Set<ProbePoint> = [
    .gpcRetryLoop, .gpcRetryCheck, .gpcRefreshDone, .mnInvalidateEndKvm,
  ]

  /// Entries and returns, as any kernel with kprobes gives them.
  package static let functionLevel = Set(allCases).subtracting(insideFunctions)
}
