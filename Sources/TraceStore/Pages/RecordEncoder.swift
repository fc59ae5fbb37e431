// A row as SQLite stores it: the record format (https://www.sqlite.org/fileformat2.html, section 2.1).

import Glibc

/// One record: a header with a serial type per column, then the values. Columns are appended in the order of the table;
/// columns left out at the end read as NULL (as after ALTER TABLE ADD COLUMN), which is most of them for most events.
struct RecordEncoder: ~Copyable {
  /// Room for the one-byte serial types of every column of our widest table.
  static let columnsMax = 48
  private static let bodyCapacity = 1024

  /// A serial type per column so far.
  let types: UnsafeMutablePointer<UInt8>
  let body: UnsafeMutablePointer<UInt8>
  private(set) var columnCount = 0
  /// Of the next column, for callers that set them one after the other.
  private(set) var place = 0
  private(set) var bodyCount = 0

  init() {
    types = .allocate(capacity: RecordEncoder.columnsMax)
    body = .allocate(capacity: RecordEncoder.bodyCapacity)
  }

  deinit {
    types.deallocate()
    body.deallocate()
  }

  @inline(__always) mutating func begin() {
    columnCount = 0
    bodyCount = 0
    place = 0
    // NULL is serial type 0: columns that are skipped need no writing.
    memset(types, 0, RecordEncoder.columnsMax)
  }

  /// Sets `column`, which comes after every column that has a value, to `value`.
  @inline(__always) mutating func set(_ column: Int, _ value: Int64) {
    columnCount = column + 1
    if value == 0 || value == 1 {
      types[column] = 8 + UInt8(truncatingIfNeeded: value)  // The values 0 and 1 have separate types, and no bytes.
      return
    }
    let size = RecordEncoder.size(of: value)
    types[column] = UInt8(truncatingIfNeeded: size <= 4 ? size : size / 2 + 2)
    // The upper bytes first; the bytes stored after them are overwritten by the next value.
    let bytes = (UInt64(bitPattern: value) << UInt64(64 - 8 * size)).bigEndian
    UnsafeMutableRawPointer(body + bodyCount).storeBytes(of: bytes, as: UInt64.self)
    bodyCount += size
  }

  mutating func set(_ column: Int, _ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      // Serial types of one byte only: texts here are the names of enum cases.
      precondition(utf8.count <= 57 && bodyCount + utf8.count <= RecordEncoder.bodyCapacity - 8, "text too long")
      columnCount = column + 1
      types[column] = UInt8(truncatingIfNeeded: 13 + 2 * utf8.count)
      if let start = utf8.baseAddress { memcpy(body + bodyCount, start, utf8.count) }
      bodyCount += utf8.count
    }
  }

  /// Bytes of an integer: 1, 2, 3, 4, 6 or 8, the fewest that hold it with its sign.
  @inline(__always) static func size(of value: Int64) -> Int {
    let magnitude = UInt64(bitPattern: value ^ (value >> 63))
    let bytes = (72 - magnitude.leadingZeroBitCount) >> 3
    return bytes + (bytes & bytes >> 2 & 1)  // There are no types of 5 and 7 bytes.
  }
}

extension RecordEncoder: RowEncoder {
  @inline(__always) mutating func append(_ integer: Int64) {
    set(place, integer)
    place += 1
  }

  @inline(__always) mutating func append(word: String) {
    set(place, word)
    place += 1
  }

  mutating func append(text: String) { append(word: text) }
  mutating func append(blob: [UInt8]) { preconditionFailure("no table of pages has a blob") }

  @inline(__always) mutating func appendNull() { place += 1 }
}
