// A refresh's writes to the cache: the top of `__kvm_gpc_refresh()` and the locked parts of `hva_to_pfn_retry()`.

import KVMEvents

extension GfnToPfnCache {
  /// The top of `__kvm_gpc_refresh()`, write lock held: resolves the uhva again if gpa, generation or uhva call for it.
  package mutating func beginRefresh(_ request: RefreshRequest, testsActive: Bool = true) -> RefreshEntry {
    guard active || !testsActive else { return .inactive }
    let oldPage = uhva.page
    switch request {
    case .uhva(let requested):
      gpa = .invalid
      uhva = requested
    case .gpa(let requested, let resolved, let slots):
      if gpa != requested || generation != slots || uhva.isError {
        gpa = requested
        generation = slots
        uhva = resolved
        guard !resolved.isError else {
          fail()
          return .noMemslot
        }
      }
      uhva = UHVA(rawValue: uhva.page.rawValue + requested.rawValue % pageSize)
    }
    return valid && uhva.page == oldPage ? .kept : .lookUp
  }

  /// Step 1: before the retry loop is entered, once.
  package mutating func enterRetryLoop(_ rules: ProtocolRules) {
    switch rules.validity {
    case .falseBeforeLoop: valid = false
    case .trueBeforeTest: break
    case .placeholder:
      pfn = .errorFault
      hasKHVA = false
      valid = true
    }
  }

  /// Step 2, the loop top, without the snapshot of the seq (a field of the kvm, not of the cache).
  package mutating func retryLoopTop(_ rules: ProtocolRules) {
    if rules.hasNeedsInvalidation { needsInvalidation = true }
    switch rules.validity {
    case .falseBeforeLoop, .placeholder: break
    case .trueBeforeTest: valid = false
    }
  }

  /// `valid = true` right after the relock, before the retry test (forms with `ValidityRule.trueBeforeTest`).
  package mutating func setValidBeforeTest() { valid = true }

  /// Step 8: the round is accepted. Nothing is tested here: an error pfn is stored like any other.
  ///
  /// - Parameter keepsKHVA: the lookup found the old pfn: the old khva stays, which a deactivation may have unmapped.
  package mutating func accept(_ newPFN: PFN, _ rules: ProtocolRules, keepsKHVA: Bool = false) {
    switch rules.validity {
    case .falseBeforeLoop: valid = true
    case .trueBeforeTest, .placeholder: break
    }
    pfn = newPFN
    isKHVAUnmapped = keepsKHVA && (!hasKHVA || isKHVAUnmapped)
    hasKHVA = !newPFN.isError
  }

  /// A failed refresh.
  package mutating func fail() {
    valid = false
    needsInvalidation = false
    pfn = .errorFault
    hasKHVA = false
    isKHVAUnmapped = false
  }
}

/// What the top of a refresh decided, `gpc->lock` held for write.
package enum RefreshEntry: Hashable, Sendable {
  /// `-EINVAL`: not active. Nothing was changed.
  case inactive
  /// `-EFAULT`: no memslot. The refresh has failed (`fail()` is done).
  case noMemslot
  /// Valid, and the uhva's page did not change: the mapping is kept.
  case kept
  /// Into the retry loop (`hva_to_pfn_retry()`).
  case lookUp
}
