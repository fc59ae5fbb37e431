// Which of many things lie in a range of pages.

/// Numbers by the page that they are about: those in a range are found without passing over all others, which for each
/// invalidation would take caches times invalidations.
public struct PageIndex: Sendable {
  private struct Entry: Sendable {
    let page: UInt64
    let number: Int

    func isBefore(_ other: Entry) -> Bool { (page, number) < (other.page, other.number) }
  }

  /// Sorted, and none is empty: an array of all would move half of them with each insertion.
  private var chunks: [[Entry]] = []
  private static let chunkMax = 512

  public init() {}

  public mutating func insert(_ number: Int, at page: UHVA) {
    let entry = Entry(page: page.rawValue, number: number)
    guard !chunks.isEmpty else {
      chunks.append([entry])
      return
    }
    let chunk = chunk(of: entry)
    let place = Self.place(of: entry, in: chunks[chunk])
    chunks[chunk].insert(entry, at: place)
    guard chunks[chunk].count > Self.chunkMax else { return }
    let upper = Array(chunks[chunk][(Self.chunkMax / 2)...])
    chunks[chunk].removeSubrange((Self.chunkMax / 2)...)
    chunks.insert(upper, at: chunk + 1)
  }

  /// It must be there.
  public mutating func remove(_ number: Int, at page: UHVA) {
    let entry = Entry(page: page.rawValue, number: number)
    let chunk = chunk(of: entry)
    let place = Self.place(of: entry, in: chunks[chunk])
    precondition(chunks[chunk][place].number == number && chunks[chunk][place].page == page.rawValue)
    chunks[chunk].remove(at: place)
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
  }

  /// The numbers of the pages in the range, as often as they are there, in no order.
  public func numbers(in range: HVARange) -> [Int] {
    var found: [Int] = []
    let first = Entry(page: range.start.rawValue, number: .min)
    guard !chunks.isEmpty else { return found }
    var chunk = chunk(of: first)
    var place = Self.place(of: first, in: chunks[chunk])
    while chunk < chunks.count {
      while place < chunks[chunk].count {
        guard chunks[chunk][place].page < range.end.rawValue else { return found }
        found.append(chunks[chunk][place].number)
        place += 1
      }
      chunk += 1
      place = 0
    }
    return found
  }

  /// The last one that does not begin after the entry, or the first.
  private func chunk(of entry: Entry) -> Int {
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if entry.isBefore(chunks[middle][0]) { high = middle } else { low = middle + 1 }
    }
    return max(0, low - 1)
  }

  /// Of the first one that is not before the entry.
  private static func place(of entry: Entry, in chunk: [Entry]) -> Int {
    var (low, high) = (0, chunk.count)
    while low < high {
      let middle = (low + high) / 2
      if chunk[middle].isBefore(entry) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
