// An operation without references, as the engine's inner loop reads it.

import KVMEvents

/// Fits a register: every step looks at it.
struct CompiledOperation: Sendable {
  enum Kind: UInt8, Sendable {
    case invalidate, refresh, check, use, deactivate, activate
  }

  struct Range: Hashable, Sendable {
    let range: HVARange
    let hitsMemslot: Bool
    let freesPages: Bool
  }

  let kind: Kind
  var cacheIndex: UInt8 = 0
  var lookUpMayFail = false
  /// Where its ranges begin among the engine's, and how many there are.
  var firstRange: UInt8 = 0
  var rangeCount: UInt8 = 0

  var cache: Int { Int(cacheIndex) }
}
