// Real addresses as the few pages of the model: the cache's pages, and what lies between them.

import GPCProtocol
import KVMEvents

/// Model pages for the pages that one cache maps in a window: page n of them, by address, is 2n + 1; what lies before,
/// between and after them are the even ones. Two ranges between the same pages are the same to the protocol: they hit
/// no page, and neither does their hull alone.
struct PageCells: Hashable, Sendable {
  /// Ascending, each the first byte of a page.
  let pages: [UHVA]

  /// nil: more pages than the model has cells for.
  init?(_ pages: some Sequence<UHVA>) {
    let sorted = Set(pages.map(\.page)).sorted { $0.rawValue < $1.rawValue }
    guard !sorted.isEmpty, sorted.count * 2 + 1 <= ProtocolState.pagesMax else { return nil }
    self.pages = sorted
  }

  /// The model page of an address on one of the cache's pages.
  func page(of address: UHVA) -> Int? { pages.firstIndex(of: address.page).map { $0 * 2 + 1 } }

  /// The real page of a model page.
  func address(of page: Int) -> UHVA? { page % 2 == 1 && page / 2 < pages.count ? pages[page / 2] : nil }

  /// The model pages that a range touches.
  func cells(of range: HVARange) -> HVARange {
    let touched = (0...pages.count * 2).filter { self.range(ofCell: $0).overlaps(range) }
    guard let first = touched.first, let last = touched.last else { return .pages(0..<0) }
    return .pages(first..<last + 1)
  }

  private func range(ofCell cell: Int) -> HVARange {
    let next = cell / 2
    guard cell % 2 == 0 else { return HVARange(start: pages[next], end: Self.end(of: pages[next])) }
    return HVARange(
      start: next == 0 ? UHVA(rawValue: 0) : Self.end(of: pages[next - 1]),
      end: next == pages.count ? UHVA(rawValue: .max) : pages[next])
  }

  private static func end(of page: UHVA) -> UHVA { UHVA(rawValue: page.rawValue + pageSize) }
}
