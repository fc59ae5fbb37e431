// Ghost: which page each uhva maps to, as a name that no other page ever had.

import KVMEvents

/// The pages of caches, by address. A pfn is a name: whose it is, and when it was mapped there.
///
/// Few fields: the compiler copies a large `RecordingState` where it only reads it.
struct PageNames: Sendable {
  private struct Entry {
    let page: UHVA
    /// What a lookup finds now.
    var name: UInt64
    /// The oldest that is not freed.
    var oldest: UInt64

    /// Its name as of that time.
    func named(_ time: UInt64) -> UInt64 { (name >> PageNames.timeBits) << PageNames.timeBits | time }
  }

  private var entries: [Entry] = []
  private var addressCount: UInt64 = 0
  private var renameCount: UInt64 = 0

  /// A name's low bits are the time, the others the address; both together stay below the error values of a pfn.
  private static let timeBits: UInt64 = 28
  private static let addressMask: UInt64 = 1 << 24 - 1

  var count: Int { entries.count }

  /// The page gets a name, unless it has one.
  mutating func track(_ uhva: UHVA) {
    let index = lowerBound(uhva.page)
    guard index == entries.count || entries[index].page != uhva.page else { return }
    addressCount += 1
    let name = (addressCount & Self.addressMask) << Self.timeBits | renameCount
    entries.insert(Entry(page: uhva.page, name: name, oldest: name), at: index)
  }

  func pfn(at uhva: UHVA) -> PFN { PFN(rawValue: entry(of: uhva).name) }

  /// Is `pfn` no page that stood there, or one that is gone?
  func isFreed(_ pfn: PFN, at uhva: UHVA) -> Bool {
    let entry = entry(of: uhva)
    return pfn.rawValue < entry.oldest || pfn.rawValue > entry.name
  }

  private func entry(of uhva: UHVA) -> Entry {
    let index = lowerBound(uhva.page)
    precondition(
      index < entries.count && entries[index].page == uhva.page, "a page is looked up that has no name: \(uhva)")
    return entries[index]
  }

  /// Other pages back those of `range` from now on. Returns when that was, for `free`.
  mutating func rename(_ range: HVARange) -> UInt64 {
    renameCount += 1
    let time = renameCount
    forEach(in: range) { $0.name = $0.named(time) }
    return time
  }

  /// What stood in `range` before that time is gone.
  mutating func free(_ range: HVARange, before time: UInt64) {
    forEach(in: range) { $0.oldest = max($0.oldest, $0.named(time)) }
  }

  private mutating func forEach(in range: HVARange, _ body: (inout Entry) -> Void) {
    var index = lowerBound(range.start)
    while index < entries.count && entries[index].page.rawValue < range.end.rawValue {
      body(&entries[index])
      index += 1
    }
  }

  mutating func forget(_ isForgotten: (UHVA) -> Bool) { entries.removeAll { isForgotten($0.page) } }

  private func lowerBound(_ address: UHVA) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].page.rawValue < address.rawValue { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
