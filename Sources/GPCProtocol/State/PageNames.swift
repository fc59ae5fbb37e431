// Ghost: which page each uhva maps to, as a name that no other page ever had.

import KVMEvents

/// The pages that caches stand on, by address. A pfn is a name: whose it is, and when it came to stand there.
struct PageNames: Sendable {
  private var pages: [UHVA] = []
  /// What a lookup finds now.
  private var names: [UInt64] = []
  /// The oldest that is not freed.
  private var oldest: [UInt64] = []
  private var addressCount: UInt64 = 0
  private var renameCount: UInt64 = 0

  /// A name's low bits are the time, the others the address; both together stay below the error values of a pfn.
  private static let timeBits: UInt64 = 28
  private static let addressMask: UInt64 = 1 << 24 - 1

  var count: Int { pages.count }

  /// The page gets a name, unless it has one.
  mutating func track(_ uhva: UHVA) {
    let index = lowerBound(uhva.page)
    guard index == pages.count || pages[index] != uhva.page else { return }
    addressCount += 1
    let name = (addressCount & Self.addressMask) << Self.timeBits | renameCount
    pages.insert(uhva.page, at: index)
    names.insert(name, at: index)
    oldest.insert(name, at: index)
  }

  func pfn(at uhva: UHVA) -> PFN { PFN(rawValue: names[index(of: uhva)]) }

  /// Is `pfn` no page that stood there, or one that is gone?
  func isFreed(_ pfn: PFN, at uhva: UHVA) -> Bool {
    let index = index(of: uhva)
    return pfn.rawValue < oldest[index] || pfn.rawValue > names[index]
  }

  private func index(of uhva: UHVA) -> Int {
    let index = lowerBound(uhva.page)
    precondition(index < pages.count && pages[index] == uhva.page, "a page is looked up that has no name: \(uhva)")
    return index
  }

  /// Other pages stand behind those of `range` from now on. Returns when that was, for `free`.
  mutating func rename(_ range: HVARange) -> UInt64 {
    renameCount += 1
    forEach(in: range) { $0.names[$1] = $0.named($1, renameCount: $0.renameCount) }
    return renameCount
  }

  /// What stood in `range` before that time is gone.
  mutating func free(_ range: HVARange, before time: UInt64) {
    forEach(in: range) { $0.oldest[$1] = max($0.oldest[$1], $0.named($1, renameCount: time)) }
  }

  private func named(_ index: Int, renameCount: UInt64) -> UInt64 {
    (names[index] >> Self.timeBits) << Self.timeBits | renameCount
  }

  private mutating func forEach(in range: HVARange, _ body: (inout PageNames, Int) -> Void) {
    var index = lowerBound(range.start)
    while index < pages.count && pages[index].rawValue < range.end.rawValue {
      body(&self, index)
      index += 1
    }
  }

  mutating func forget(_ isForgotten: (UHVA) -> Bool) {
    let kept = pages.indices.filter { !isForgotten(pages[$0]) }
    pages = kept.map { pages[$0] }
    names = kept.map { names[$0] }
    oldest = kept.map { oldest[$0] }
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
