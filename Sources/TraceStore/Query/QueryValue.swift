// A value of a result row, as SQLite types it.

import CSQLite

/// One of SQLite's five storage classes.
enum QueryValue {
  case null
  case integer(Int64)
  case real(Double)
  /// Invalid UTF-8 replaced.
  case text(String)
  case blob([UInt8])

  init(_ row: Statement, column: Int32) {
    switch sqlite3_column_type(row.handle, column) {
    case SQLITE_INTEGER: self = .integer(row.integer(column))
    case SQLITE_FLOAT: self = .real(sqlite3_column_double(row.handle, column))
    case SQLITE_TEXT: self = .text(row.text(column))
    case SQLITE_BLOB: self = .blob(Array(row.bytes(column)))
    default: self = .null
    }
  }

  /// Without quotes or escapes; NULL as nothing, bytes in hex.
  var plain: String {
    switch self {
    case .null: ""
    case .integer(let value): String(value)
    case .real(let value): QueryValue.number(value)
    case .text(let value): value
    case .blob(let bytes): QueryValue.hex(bytes)
    }
  }

  /// Infinity as sqlite3's shell writes it: a number that JSON readers accept and that overflows to it.
  static func number(_ value: Double) -> String {
    value.isFinite ? "\(value)" : value < 0 ? "-1e999" : "1e999"
  }

  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = String.UnicodeScalarView()
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(text)
  }
}
