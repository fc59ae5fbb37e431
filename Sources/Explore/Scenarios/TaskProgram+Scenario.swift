// The words that the built-in scenarios are written in.

import GPCProtocol
import KVMEvents

/// The cache under test is on page 1; pages 0 and 2 are its neighbours on either side.
let cachePage = 1

extension TaskProgram {
  /// One invalidation after the other, or repeated indefinitely.
  static func invalidator(_ name: String, _ pages: Range<Int>..., forEver: Bool = false) -> TaskProgram {
    TaskProgram(name, pages.map { .invalidate([InvalidatedRange(.pages($0))]) }, repeats: forEver)
  }

  /// Holes in guest_memfd.
  static func puncher(_ name: String, _ pages: Range<Int>..., forEver: Bool = false) -> TaskProgram {
    TaskProgram(name, pages.map { .punchHole(.pages($0)) }, repeats: forEver)
  }

  /// A vCPU whose guest uses the cache's pfn.
  static func guest(_ name: String = "vcpu", _ cache: Int = 0, page: Int = cachePage, handlesEvents: Bool)
    -> TaskProgram
  {
    TaskProgram(name, [.runGuest(cache: cache, .gpaPage(page), handlesEvents: handlesEvents)])
  }

  static func refresher(_ name: String = "vcpu", _ cache: Int = 0, page: Int = cachePage, mayFail: Bool = false)
    -> TaskProgram
  {
    TaskProgram(name, [.refresh(cache: cache, .gpaPage(page), lookUpMayFail: mayFail)])
  }

  static func checker(_ name: String = "user", _ cache: Int = 0) -> TaskProgram {
    TaskProgram(name, [.check(cache: cache)])
  }

  /// Check, and refresh and check again while the answer is no.
  static func user(_ name: String = "vcpu", _ cache: Int = 0, page: Int = cachePage) -> TaskProgram {
    TaskProgram(name, [.use(cache: cache, .gpaPage(page))])
  }
}

extension RefreshRequest {
  /// A gpa-based refresh whose memslot gives model page `page`.
  static func gpaPage(_ page: Int) -> RefreshRequest {
    .gpa(.page(page), resolved: .page(page), generation: MemslotsGeneration(rawValue: 0))
  }

  /// A gpa-based refresh of a page that no memslot covers.
  static let unmappedGPA = RefreshRequest.gpa(
    .page(3), resolved: GfnToPfnCache.errorUHVA, generation: MemslotsGeneration(rawValue: 0))
}

extension HVARange {
  /// A memslot over every model page.
  static let everything = HVARange.pages(0..<ProtocolState.pagesMax)
}
