// The walk's view of one cache.

import KVMEvents

extension GfnToPfnCache {
  /// Does the walk of an invalidation of `range` hit this cache? The test under the read lock, and again under the
  /// write lock.
  @inlinable package func isHit(by range: HVARange, _ rule: WalkRule) -> Bool {
    let flag =
      switch rule.test {
      case .valid: valid
      case .needsInvalidation: needsInvalidation
      }
    return flag && !(rule.testsPFN && pfn.isError) && range.contains(uhva)
  }

  /// The walk under the write lock: tests, and clears if it hits. Returns whether it did.
  package mutating func walk(_ range: HVARange, _ rule: WalkRule) -> Bool {
    guard isHit(by: range, rule) else { return false }
    invalidate(rule)
    return true
  }

  /// What a hit does.
  package mutating func invalidate(_ rule: WalkRule) {
    valid = false
    switch rule.test {
    case .valid: break
    case .needsInvalidation: needsInvalidation = false
    }
  }
}
