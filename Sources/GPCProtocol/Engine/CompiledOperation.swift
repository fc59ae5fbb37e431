// An operation without references, as the engine's inner loop reads it.

import KVMEvents

struct CompiledOperation: Sendable {
  enum Kind: UInt8, Sendable {
    case invalidate, refresh, check, use, deactivate, activate
  }

  struct Range: Sendable {
    let range: HVARange
    let hitsMemslot: Bool
  }

  let kind: Kind
  var cache = 0
  var request = RefreshRequest.uhva(GfnToPfnCache.errorUHVA)
  var lookUpMayFail = false
  /// Where its ranges stand among the engine's.
  var ranges = 0..<0
}
