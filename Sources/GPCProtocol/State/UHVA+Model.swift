// Names for the few pages that a search needs: uhva page n, and the pfns it maps to over time.

import KVMEvents

extension UHVA {
  package static let modelBase: UInt64 = 0x7f00_0000_0000

  /// The first byte of model page `index`.
  package static func page(_ index: Int) -> UHVA { UHVA(rawValue: modelBase + UInt64(index) * pageSize) }

  /// The model page that holds this address.
  package var pageIndex: Int { Int((rawValue &- Self.modelBase) / pageSize) }
}

extension UHVA {
  /// The page that guest_memfd has for this address goes by the name of another address, this far away: the caches are
  /// on pages 0 to 2.
  static let fileOffset = 3 * pageSize

  var inFile: UHVA { UHVA(rawValue: rawValue + Self.fileOffset) }
}

extension GfnToPfnCache {
  /// The address by which the model names the page that a lookup finds: the uhva, or the name of its place in the
  /// file.
  @inline(__always)
  func place(fileBacked: HVARange?) -> UHVA {
    guard let fileBacked, isGPABased, fileBacked.contains(uhva) else { return uhva }
    return uhva.inFile
  }
}

extension HVARange {
  /// The pages that guest_memfd has for these addresses.
  var inFile: HVARange { HVARange(start: start.inFile, end: end.inFile) }
}

extension HVARange {
  /// The model pages `pages`.
  package static func pages(_ pages: Range<Int>) -> HVARange {
    HVARange(start: .page(pages.lowerBound), end: .page(pages.upperBound))
  }
}

extension PFN {
  /// A page that no uhva maps to.
  package static let freed = PFN(rawValue: 1)

  /// The page that model page `page` maps to under `name`.
  package static func named(_ name: UInt16, page: Int) -> PFN { PFN(rawValue: UInt64(page + 1) << 16 | UInt64(name)) }
}

extension GPA {
  /// The guest page whose memslot maps it to model page `index`.
  package static func page(_ index: Int) -> GPA { GPA(rawValue: UInt64(index + 1) << 20) }
}
