// A record's columns, one after the other: the reverse of RecordEncoder for tables that hold texts.

/// Reads a record from the left. Like `TableReader` it trusts nothing: invalid contents read as damage.
struct RecordColumns {
  private let payload: UnsafeRawBufferPointer
  private let headerCount: Int
  /// The column that comes next, and where its value lies.
  private var next = 0
  private var place: Int
  private(set) var isDamaged: Bool

  @inline(__always)
  init(_ payload: UnsafeRawBufferPointer) {
    self.payload = payload
    headerCount = payload.isEmpty ? 0 : Int(payload[0])
    place = headerCount
    isDamaged = headerCount == 0 || headerCount > payload.count
  }

  /// The value that was read is not valid in such a record.
  mutating func noteDamage() { isDamaged = true }

  /// The bytes of `column`, which comes after those read so far; nil: NULL, or no column of that type.
  @inline(__always)
  mutating func text(_ column: Int) -> UnsafeRawBufferPointer? {
    guard let type = advance(to: column), type != 0 else { return nil }
    guard type >= 13, type & 1 == 1, let bytes = take(Self.size(of: type)) else {
      isDamaged = true
      return nil
    }
    return bytes
  }

  /// The same for an integer.
  @inline(__always)
  mutating func integer(_ column: Int) -> Int64? {
    guard let type = advance(to: column), type != 0 else { return nil }
    if type == 8 || type == 9 { return Int64(type) - 8 }
    let size = Self.size(of: type)
    guard type <= 6, let start = take(size)?.baseAddress else {
      isDamaged = true
      return nil
    }
    // There is room for eight bytes after the page.
    return Int64(bigEndian: start.loadUnaligned(as: Int64.self)) >> Int64(64 - 8 * size)
  }

  /// The type of `column`; nil: the record ends before it, which is NULL.
  @inline(__always)
  private mutating func advance(to column: Int) -> UInt8? {
    guard !isDamaged, column + 1 < headerCount else { return nil }
    while next < column {
      place += Self.size(of: payload[1 + next])
      next += 1
    }
    next += 1
    return payload[1 + column]
  }

  @inline(__always)
  private mutating func take(_ size: Int) -> UnsafeRawBufferPointer? {
    guard place + size <= payload.count else { return nil }
    defer { place += size }
    return UnsafeRawBufferPointer(rebasing: payload[place..<place + size])
  }

  /// Texts beyond 57 bytes have types of more than one byte. Our tables have none, and what is read past one does not
  /// fit.
  @inline(__always)
  private static func size(of type: UInt8) -> Int {
    if type >= 12 { return (Int(type) - 12) / 2 }
    if type >= 8 { return 0 }
    return type <= 4 ? Int(type) : type == 5 ? 6 : 8
  }
}

extension Connection {
  /// Reads a table from its pages, in rowid order. Writers are kept from the file in the meantime.
  func forEachRecord(of table: String, _ body: (inout RecordColumns) -> Void) throws(TraceStoreError) {
    // While it stays at its row, SQLite holds the lock.
    let lock = try prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [table])
    guard try lock.step() else { throw .damaged(table: table, reason: "there is no such table") }
    defer { lock.reset() }
    var reader = try TableReader(table: table, root: lock.integer("rootpage"), on: self)
    while let row = try reader.next() {
      var record = RecordColumns(row.payload)
      body(&record)
      if record.isDamaged { throw .damaged(table: table, reason: "row \(row.rowid) cannot be read") }
    }
  }
}
