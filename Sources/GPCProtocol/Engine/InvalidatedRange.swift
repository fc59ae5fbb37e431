// What an invalidation does besides calling its hooks.

import KVMEvents

/// A range that the mm invalidates.
package struct InvalidatedRange: Hashable, Sendable {
  package var range: HVARange
  /// Some memslot overlaps it, so `mmu_invalidate_seq` is bumped; nil: the setup's memslots tell.
  package var hitsMemslot: Bool?
  /// false: a change of protection (`MMU_NOTIFY_PROTECTION_VMA`, `_PAGE`), after which the uhva still maps to the same
  /// page.
  package var freesPages: Bool
  /// false: the start hook must not sleep, and waits for no vCPU.
  package var mayBlock: Bool

  package init(_ range: HVARange, hitsMemslot: Bool? = nil, freesPages: Bool = true, mayBlock: Bool = true) {
    self.range = range
    self.hitsMemslot = hitsMemslot
    self.freesPages = freesPages
    self.mayBlock = mayBlock
  }
}
