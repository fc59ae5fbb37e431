// An operation without references, as the engine's inner loop reads it.

import KVMEvents

/// Fits a register: every step looks at it.
package struct CompiledOperation: Sendable {
  enum Kind: UInt8, CaseIterable, Sendable {
    case invalidate, refresh, check, use, deactivate, activate

    /// The operations that it consists of.
    var parts: [Kind] {
      switch self {
      case .invalidate, .refresh, .check, .deactivate: [self]
      case .use: [.check, .refresh]
      case .activate: [.activate, .refresh]
      }
    }
  }

  package struct Range: Hashable, Sendable {
    let range: HVARange
    let hitsMemslot: Bool
    /// false: a change of protection.
    let freesPages: Bool
  }

  let kind: Kind
  var lookUpMayFail = false
  /// Where its ranges begin among the programs', and how many there are.
  var firstRange: UInt8 = 0
  var rangeCount: UInt8 = 0
  var cacheIndex: UInt32 = 0

  var cache: Int { Int(cacheIndex) }

  init(
    kind: Kind, cacheIndex: UInt32 = 0, lookUpMayFail: Bool = false, firstRange: UInt8 = 0, rangeCount: UInt8 = 0
  ) {
    self.kind = kind
    self.lookUpMayFail = lookUpMayFail
    self.firstRange = firstRange
    self.rangeCount = rangeCount
    self.cacheIndex = cacheIndex
  }
}
