// The state of a cache at a quiet point, after whatever came before.

/// The fields of an active cache that outlive the operations on it.
package struct CarriedCache: Hashable, Sendable {
  package enum Page: UInt64, Hashable, Sendable {
    /// `pfn` is an error.
    case none
    /// The page that the uhva maps to.
    case current
    /// A page that the uhva does not map to any more.
    case freed
  }

  package var isActive: Bool
  package var valid: Bool
  /// nil: carried under a form that has no such flag; a valid cache has it set then.
  package var needsInvalidation: Bool?
  package var hasKHVA: Bool
  package var isKHVAUnmapped: Bool
  package var page: Page

  package init(
    isActive: Bool, valid: Bool, needsInvalidation: Bool?, hasKHVA: Bool, isKHVAUnmapped: Bool = false, page: Page
  ) {
    self.isActive = isActive
    self.valid = valid
    self.needsInvalidation = needsInvalidation
    self.hasKHVA = hasKHVA
    self.isKHVAUnmapped = isKHVAUnmapped
    self.page = page
  }
}
