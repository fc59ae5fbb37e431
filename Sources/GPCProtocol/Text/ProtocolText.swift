// The protocol as program text: each kernel function as a list of lines, in the order of the C.

/// The kernel functions of one form. A rule of the form switches a line on or off; a mutant is made by editing the
/// lists.
package struct ProtocolText<Storage: ProtocolStorage>: Sendable {
  package let rules: ProtocolRules
  package var functions: [Function]

  package init(_ rules: ProtocolRules) {
    self.rules = rules
    functions = [
      Self.invalidateRangeStart(rules), Self.mm(rules), Self.invalidateRangeEnd(rules), Self.cacheInvalidate(rules),
      Self.cacheInvalidateAtEnd(rules),
      Self.refresh(rules), Self.hvaToPFNRetry(rules), Self.invalidationsPending(rules),
      Self.waitForInvalidations(rules), Self.retryCache(rules), Self.check(rules), Self.deactivate(rules),
      Self.activate(rules), Self.punchHole(rules), Self.enterGuest(rules),
    ]
  }

  /// The functions that each operation of a task calls, one after the other.
  static func functions(of kind: CompiledOperation.Kind) -> [String] {
    switch kind {
    case .invalidate: [FunctionName.invalidateRangeStart, FunctionName.mm, FunctionName.invalidateRangeEnd]
    case .refresh: [FunctionName.refresh]
    case .check, .use: [FunctionName.check]
    case .deactivate: [FunctionName.deactivate]
    case .activate: [FunctionName.activate]
    case .punchHole: [FunctionName.punchHole]
    case .runGuest: [FunctionName.enterGuest]
    }
  }

  func function(_ name: String) -> Function {
    guard let function = functions.first(where: { $0.name == name }) else { fatalError("no function \(name)") }
    return function
  }
}

/// The kernel's names, as reports show them. What other functions call, or a task.
package enum FunctionName {
  static let invalidateRangeStart = "kvm_mmu_notifier_invalidate_range_start()"
  static let mm = "mm"
  static let invalidateRangeEnd = "kvm_mmu_notifier_invalidate_range_end()"
  static let cacheInvalidate = "gfn_to_pfn_cache_invalidate()"
  static let cacheInvalidateAtEnd = "gfn_to_pfn_cache_invalidate_end()"
  static let refresh = "__kvm_gpc_refresh()"
  package static let hvaToPFNRetry = "hva_to_pfn_retry()"
  static let invalidationsPending = "gpc_invalidations_pending()"
  static let waitForInvalidations = "gpc_wait_for_invalidations()"
  static let retryCache = "mmu_notifier_retry_cache()"
  static let check = "kvm_gpc_check()"
  static let deactivate = "kvm_gpc_deactivate()"
  static let activate = "kvm_gpc_activate()"
  static let punchHole = "kvm_gmem_punch_hole()"
  static let enterGuest = "vcpu_enter_guest()"

  /// What the functions of an invalidation are called where it is guest_memfd's.
  static func ofFile(_ name: String) -> String {
    switch name {
    case invalidateRangeStart: "kvm_gmem_invalidate_begin()"
    case mm: punchHole
    case invalidateRangeEnd: "kvm_gmem_invalidate_end()"
    default: name
    }
  }
}
