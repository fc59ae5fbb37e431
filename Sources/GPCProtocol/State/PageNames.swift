// Ghost: which page each uhva maps to, as a name that no other page ever had.

import KVMEvents

/// The pages that caches stand on, by address. A pfn is a name; an older one than the page's was freed.
struct PageNames: Sendable {
  private var pages: [UHVA] = []
  private var names: [UInt64] = []
  private var last: UInt64 = 0

  var count: Int { pages.count }

  /// The page gets a name, unless it has one.
  mutating func track(_ uhva: UHVA) {
    let index = lowerBound(uhva.page)
    guard index == pages.count || pages[index] != uhva.page else { return }
    last += 1
    pages.insert(uhva.page, at: index)
    names.insert(last, at: index)
  }

  func pfn(at uhva: UHVA) -> PFN {
    let index = lowerBound(uhva.page)
    precondition(index < pages.count && pages[index] == uhva.page, "a page is looked up that has no name: \(uhva)")
    return PFN(rawValue: names[index])
  }

  /// Other pages stand behind those of `range` from now on.
  mutating func free(_ range: HVARange) {
    var index = lowerBound(range.start)
    while index < pages.count && pages[index].rawValue < range.end.rawValue {
      last += 1
      names[index] = last
      index += 1
    }
  }

  mutating func forget(_ isForgotten: (UHVA) -> Bool) {
    let kept = pages.indices.filter { !isForgotten(pages[$0]) }
    pages = kept.map { pages[$0] }
    names = kept.map { names[$0] }
  }

  private func lowerBound(_ address: UHVA) -> Int {
    var low = 0
    var high = pages.count
    while low < high {
      let middle = (low + high) / 2
      if pages[middle].rawValue < address.rawValue { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
