// An operation without references, as the engine's inner loop reads it.

import KVMEvents

/// Fits a register: every step looks at it.
package struct CompiledOperation: Sendable {
  enum Kind: UInt8, CaseIterable, Sendable {
    case invalidate, refresh, check, use, deactivate, activate, punchHole, runGuest

    /// The operations that it consists of.
    var parts: [Kind] {
      switch self {
      case .invalidate, .refresh, .check, .deactivate: [self]
      case .use: [.check, .refresh]
      case .activate: [.activate, .refresh]
      case .punchHole: [.punchHole, .invalidate]
      case .runGuest: [.check, .refresh, .runGuest]
      }
    }
  }

  package struct Range: Hashable, Sendable {
    let range: HVARange
    let hitsMemslot: Bool
    /// false: a change of protection.
    let freesPages: Bool
    var mayBlock = true
  }

  let kind: Kind
  /// Its lookup may fail; of a vCPU: events may come between the copy of the pfn and the entry.
  private var hasSecondWay = false
  /// Where its ranges begin among the programs', and how many there are.
  var firstRange: UInt8 = 0
  var rangeCount: UInt8 = 0
  var cacheIndex: UInt32 = 0

  var cache: Int { Int(cacheIndex) }

  var lookUpMayFail: Bool { hasSecondWay && kind != .runGuest }

  var handlesEvents: Bool { hasSecondWay && kind == .runGuest }

  /// It is of the same cache again and again until a check says yes.
  var isIdiom: Bool { kind == .use || kind == .runGuest }

  init(
    kind: Kind, cacheIndex: UInt32 = 0, hasSecondWay: Bool = false, firstRange: UInt8 = 0, rangeCount: UInt8 = 0
  ) {
    self.kind = kind
    self.hasSecondWay = hasSecondWay
    self.firstRange = firstRange
    self.rangeCount = rangeCount
    self.cacheIndex = cacheIndex
  }
}
