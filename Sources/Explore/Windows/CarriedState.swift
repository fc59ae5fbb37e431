// The states that a cache of a recording can have at a quiet point.

import GPCProtocol
import KVMEvents

/// One of the ways in which the orders of all that came before can have left a cache.
struct CarriedState: Hashable, Sendable {
  var cache: CarriedCache
  /// Its page; nil: none yet.
  var page: UHVA?
  var isGPABased: Bool
}

extension CarriedCache {
  /// `kvm_gpc_init()`, or deactivated.
  static let inactive = CarriedCache(
    isActive: false, valid: false, needsInvalidation: nil, hasKHVA: false, page: .none)
  static let cold = CarriedCache(isActive: true, valid: false, needsInvalidation: nil, hasKHVA: false, page: .none)

  static func warm(_ rules: ProtocolRules) -> CarriedCache {
    CarriedCache(
      isActive: true, valid: true, needsInvalidation: rules.hasNeedsInvalidation ? true : nil, hasKHVA: true,
      page: .current)
  }
}
