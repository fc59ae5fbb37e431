// A table's b-tree, built from the left: full leaves first, the pages above them at the end.

import Glibc

/// Appends rows in ascending rowid order to an empty table. SQLite created the table's root page; everything else is
/// written here.
struct TableBuilder: ~Copyable {
  /// A page below the one that is being built, and the greatest rowid in it.
  private struct Child {
    let page: UInt32
    let lastRowid: Int64
  }

  /// The first byte of a page, its type.
  static let leaf: UInt8 = 13
  static let interior: UInt8 = 5
  static let leafHeader = 8
  static let interiorHeader = 12

  private let root: UInt32
  private let file: PageFile
  private let page: UnsafeMutableRawPointer
  private var cellCount = 0
  /// Cells fill a page from its end down, the array of their offsets from its header up.
  private var contentStart = PageFile.usableSize
  private var lastRowid: Int64 = .min
  private var leaves: [Child] = []

  init(root: UInt32, in file: PageFile) {
    self.root = root
    self.file = file
    page = .allocate(byteCount: PageFile.pageSize, alignment: 16)
  }

  deinit { page.deallocate() }

  /// Column 0 of the record is the rowid's and stays NULL in it, as SQLite requires.
  @inline(__always)
  mutating func append(rowid: Int64, _ record: borrowing RecordEncoder) throws(TraceStoreError) {
    precondition(rowid > lastRowid, "rows come in ascending order")
    let headerCount = 1 + record.columnCount
    let payload = headerCount + record.bodyCount
    let size = varintSize(UInt64(payload)) + varintSize(UInt64(bitPattern: rowid)) + payload
    if TableBuilder.leafHeader + 2 * (cellCount + 1) + size > contentStart { try endLeaf() }
    contentStart -= size
    storeBigEndian(UInt16(contentStart), at: TableBuilder.leafHeader + 2 * cellCount)
    cellCount += 1
    lastRowid = rowid
    var end = page + contentStart
    end = writeVarint(UInt64(payload), to: end)
    end = writeVarint(UInt64(bitPattern: rowid), to: end)
    end.storeBytes(of: UInt8(headerCount), as: UInt8.self)
    memcpy(end + 1, record.types, record.columnCount)
    memcpy(end + headerCount, record.body, record.bodyCount)
  }

  /// Writes what remains and the pages above the leaves; the table is complete.
  mutating func finish() throws(TraceStoreError) {
    guard !leaves.isEmpty else { return try writePage(TableBuilder.leaf, to: root) }
    if cellCount > 0 { try endLeaf() }
    var level = leaves
    while level.count > TableBuilder.childrenMax { level = try buildLevel(over: level) }
    _ = try writeInterior(over: level[...], to: root)
  }

  private mutating func endLeaf() throws(TraceStoreError) {
    let number = file.allocate()
    try writePage(TableBuilder.leaf, to: number)
    leaves.append(Child(page: number, lastRowid: lastRowid))
  }

  /// Every key takes at most 9 bytes, plus the child's number and the cell's offset.
  private static let childrenMax = (PageFile.usableSize - interiorHeader) / (4 + 9 + 2)

  private mutating func buildLevel(over children: [Child]) throws(TraceStoreError) -> [Child] {
    var level: [Child] = []
    // Evenly, so that no page is left with a single child.
    let pages = (children.count + TableBuilder.childrenMax - 1) / TableBuilder.childrenMax
    for page in 0..<pages {
      let span = (children.count * page / pages)..<(children.count * (page + 1) / pages)
      level.append(try writeInterior(over: children[span], to: file.allocate()))
    }
    return level
  }

  private mutating func writeInterior(
    over children: ArraySlice<Child>, to number: UInt32
  ) throws(TraceStoreError) -> Child {
    guard let rightmost = children.last else { preconditionFailure("an interior page has children") }
    for child in children.dropLast() {
      contentStart -= 4 + varintSize(UInt64(bitPattern: child.lastRowid))
      storeBigEndian(UInt16(contentStart), at: TableBuilder.interiorHeader + 2 * cellCount)
      cellCount += 1
      let cell = page + contentStart
      cell.storeBytes(of: child.page.bigEndian, as: UInt32.self)
      _ = writeVarint(UInt64(bitPattern: child.lastRowid), to: cell + 4)
    }
    page.storeBytes(of: rightmost.page.bigEndian, toByteOffset: 8, as: UInt32.self)
    try writePage(TableBuilder.interior, to: number)
    return Child(page: number, lastRowid: rightmost.lastRowid)
  }

  /// Writes the page being filled and begins an empty one.
  private mutating func writePage(_ type: UInt8, to number: UInt32) throws(TraceStoreError) {
    page.storeBytes(of: type, as: UInt8.self)
    storeBigEndian(UInt16(0), at: 1)  // No free block.
    storeBigEndian(UInt16(cellCount), at: 3)
    storeBigEndian(UInt16(contentStart), at: 5)
    page.storeBytes(of: 0, toByteOffset: 7, as: UInt8.self)  // No fragmented free bytes.
    let header = type == TableBuilder.leaf ? TableBuilder.leafHeader : TableBuilder.interiorHeader
    let free = header + 2 * cellCount
    memset(page + free, 0, contentStart - free)  // Remains of the previous page.
    try file.write(page, to: number)
    cellCount = 0
    contentStart = PageFile.usableSize
  }

  @inline(__always) private func storeBigEndian(_ value: UInt16, at offset: Int) {
    page.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }
}
