// A value of a result row, as SQLite types it, and as bytes of text.

import CSQLite

/// One of SQLite's five storage classes. Texts and blobs are SQLite's own memory: valid until the next step.
enum QueryValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(UnsafeRawBufferPointer)
  case blob(UnsafeRawBufferPointer)

  @inline(__always) init(_ row: Statement, column: Int32) {
    switch sqlite3_column_type(row.handle, column) {
    case SQLITE_INTEGER: self = .integer(row.integer(column))
    case SQLITE_FLOAT: self = .real(sqlite3_column_double(row.handle, column))
    case SQLITE_TEXT: self = .text(row.bytes(column))
    case SQLITE_BLOB: self = .blob(row.bytes(column))
    default: self = .null
    }
  }
}

/// Classes of bytes, by which texts are copied whole where they need no escapes.
struct ByteClass {
  private let isMember: [Bool]

  /// - Parameter isMember: asked once for each byte.
  init(_ isMember: (UInt8) -> Bool) { self.isMember = (0...255).map { isMember(UInt8($0)) } }

  @inline(__always) func containsAny(of bytes: UnsafeRawBufferPointer) -> Bool {
    isMember.withUnsafeBufferPointer { isMember in bytes.contains { isMember[Int($0)] } }
  }
}

// Appending to output, without a String per value.
extension [UInt8] {
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always) mutating func append(decimal value: Int64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var place = 20
      var rest = value.magnitude
      repeat {
        place -= 1
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0
      if value < 0 {
        place -= 1
        digits[place] = UInt8(ascii: "-")
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: digits[place...]))
    }
  }

  /// Infinity as sqlite3's shell writes it: a number that JSON readers accept and that overflows to it.
  mutating func append(real value: Double) {
    append(contentsOf: (value.isFinite ? "\(value)" : value < 0 ? "-1e999" : "1e999").utf8)
  }

  mutating func append(hex bytes: UnsafeRawBufferPointer) {
    for byte in bytes { append(hex: byte) }
  }

  mutating func append(hex byte: UInt8) {
    for digit in [byte >> 4, byte & 15] {
      append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
    }
  }

  mutating func append(blanks count: Int) {
    if count > 0 { append(contentsOf: repeatElement(UInt8(ascii: " "), count: count)) }
  }
}
