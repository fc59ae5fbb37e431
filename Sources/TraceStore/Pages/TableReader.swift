// A table's rows in rowid order, straight from its pages: the reverse of TableBuilder.

import CSQLite

/// Walks a table's b-tree from the left. The reader holds SQLite's lock on the file, so that no process changes it in
/// the meantime. The contents of a page are checked before use: a damaged file gives an error.
struct TableReader: ~Copyable {
  /// A page on the way from the root to the leaf.
  private struct Level {
    let page: UnsafeMutableRawPointer
    var isLeaf = false
    var cellCount = 0
    var nextCell = 0
  }

  /// A record as it lies in its page.
  struct Row {
    let rowid: Int64
    let payload: UnsafeRawBufferPointer
  }

  /// Eight bytes can be loaded at any offset of a page.
  private static let slack = 8
  /// Deeper than any valid tree.
  private static let depthMax = 20

  private let connection: Connection
  private let file: UnsafeMutablePointer<sqlite3_file>
  private let readPage: ReadFunction
  private let table: String
  private let pageSize: Int
  /// Where to begin; nil once begun.
  private var root: UInt32?
  private var levels: [Level] = []
  private var depth = 0
  /// A tree has each of its pages once: this ends a file whose pages form a cycle.
  private var pagesLeft: Int64
  private var lastRowid = Int64.min

  private typealias ReadFunction =
    @convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeMutableRawPointer?, Int32, Int64) -> Int32

  /// Reads with SQLite's own file handle: closing another one of this process would drop SQLite's locks.
  init(table: String, root: Int64, on connection: Connection) throws(TraceStoreError) {
    guard let pointer = CheckedFile.plain(of: connection.handle), let read = pointer.pointee.pMethods?.pointee.xRead
    else {
      throw .damaged(table: table, reason: "it is in no file")
    }
    var header = [UInt8](repeating: 0, count: 100)
    guard read(pointer, &header, Int32(header.count), 0) == SQLITE_OK else {
      throw .damaged(table: table, reason: "the file is shorter than its header")
    }
    let stored = Int(header[16]) << 8 | Int(header[17])
    guard stored == 1 || stored >= 512 && stored & (stored - 1) == 0 else {
      throw .damaged(table: table, reason: "the page size is \(stored)")
    }
    var bytes: Int64 = 0
    guard let size = pointer.pointee.pMethods?.pointee.xFileSize, size(pointer, &bytes) == SQLITE_OK else {
      throw .damaged(table: table, reason: "it is in no file")
    }
    self.connection = connection
    file = pointer
    readPage = read
    pageSize = stored == 1 ? 65536 : stored
    pagesLeft = bytes / Int64(pageSize)
    self.table = table
    self.root = UInt32(truncatingIfNeeded: root)
  }

  deinit { for level in levels { level.page.deallocate() } }

  /// The next row; its bytes stay until the next call. nil: there are no more.
  @inline(__always)
  mutating func next() throws(TraceStoreError) -> Row? {
    if let begin = root {
      root = nil
      try descend(to: begin)
    }
    while depth > 0 {
      let level = levels[depth - 1]
      if level.nextCell < level.cellCount {
        levels[depth - 1].nextCell += 1
        if level.isLeaf { return try row(level.nextCell, of: level) }
        try descend(to: child(level.nextCell, of: level))
      } else if !level.isLeaf, level.nextCell == level.cellCount {
        levels[depth - 1].nextCell += 1
        try descend(to: UInt32(bigEndian: level.page.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
      } else {
        depth -= 1
      }
    }
    return nil
  }

  private mutating func descend(to number: UInt32) throws(TraceStoreError) {
    guard number > 1, depth < TableReader.depthMax else { throw damaged("a page number is \(number)") }
    pagesLeft -= 1
    guard pagesLeft >= 0 else { throw damaged("page \(number) is there more than once") }
    if levels.count == depth {
      levels.append(Level(page: .allocate(byteCount: pageSize + TableReader.slack, alignment: 16)))
    }
    let page = levels[depth].page
    let code = readPage(file, page, Int32(pageSize), Int64(number - 1) * Int64(pageSize))
    guard code == SQLITE_OK else {
      if code == CheckedFile.damage { throw connection.error(code, doing: "read") }
      throw damaged("page \(number) is not in the file")
    }
    let type = page.load(as: UInt8.self)
    guard type == TableBuilder.leaf || type == TableBuilder.interior else {
      throw damaged("page \(number) is not a page of a table")
    }
    let isLeaf = type == TableBuilder.leaf
    let cellCount = Int(bigEndian16(page + 3))
    guard (isLeaf ? TableBuilder.leafHeader : TableBuilder.interiorHeader) + 2 * cellCount <= pageSize else {
      throw damaged("page \(number) has \(cellCount) cells")
    }
    levels[depth] = Level(page: page, isLeaf: isLeaf, cellCount: cellCount)
    depth += 1
  }

  private func child(_ cell: Int, of level: Level) throws(TraceStoreError) -> UInt32 {
    let offset = Int(bigEndian16(level.page + TableBuilder.interiorHeader + 2 * cell))
    guard offset + 4 <= pageSize else { throw damaged("a cell lies outside of its page") }
    return UInt32(bigEndian: level.page.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  @inline(__always)
  private mutating func row(_ cell: Int, of level: Level) throws(TraceStoreError) -> Row {
    let page = UnsafeRawPointer(level.page)
    var place = Int(bigEndian16(level.page + TableBuilder.leafHeader + 2 * cell))
    // The two numbers before a record take 18 bytes at most.
    let payload = readVarint(page, at: &place, end: pageSize)
    let rowid = readVarint(page, at: &place, end: pageSize)
    guard payload > 0, payload <= UInt64(pageSize), place + Int(payload) <= pageSize else {
      throw damaged("a row lies outside of its page")
    }
    guard lastRowid < Int64(bitPattern: rowid) else { throw damaged("its rows are not in order") }
    lastRowid = Int64(bitPattern: rowid)
    return Row(
      rowid: lastRowid, payload: UnsafeRawBufferPointer(start: page + place, count: Int(payload)))
  }

  private func bigEndian16(_ place: UnsafeMutableRawPointer) -> UInt16 {
    UInt16(bigEndian: place.loadUnaligned(as: UInt16.self))
  }

  private func damaged(_ reason: String) -> TraceStoreError { .damaged(table: table, reason: reason) }
}
