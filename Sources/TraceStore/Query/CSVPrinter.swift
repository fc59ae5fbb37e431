// The rows of a query as CSV.

/// RFC 4180: CRLF, and quotes if needed. NULL is empty, an empty text is `""`, a blob is hex. Every value is printed as
/// it is, but for a spreadsheet: there a text that it would take for a formula begins with an apostrophe.
struct CSVPrinter: QueryPrinter {
  private static let quoted = ByteClass {
    $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 || $0 >= 128
  }

  var bytes: [UInt8] = []
  private let quoted = CSVPrinter.quoted
  private let columnCount: Int32
  private let isForSpreadsheet: Bool

  init(names: [String], isForSpreadsheet: Bool) {
    columnCount = Int32(names.count)
    self.isForSpreadsheet = isForSpreadsheet
    for (index, name) in names.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(odd: name)
    }
    bytes.append("\r\n")
  }

  @inline(__always) mutating func append(_ row: Statement) {
    for column in 0..<columnCount {
      if column > 0 { bytes.append(UInt8(ascii: ",")) }
      switch QueryValue(row, column: column) {
      case .null: break
      case .integer(let value): bytes.append(decimal: value)
      case .real(let value): bytes.append(real: value)
      case .text(let text):
        if text.isEmpty || quoted.containsAny(of: text) || isForSpreadsheet {
          append(odd: String(decoding: text, as: UTF8.self))
        } else {
          bytes.append(contentsOf: text)
        }
      case .blob(let blob): bytes.append(hex: blob)
      }
    }
    bytes.append("\r\n")
  }

  mutating func finish() {}

  private mutating func append(odd text: String) {
    let text = isForSpreadsheet && CSVPrinter.isFormula(text) ? "'" + text : text
    let needsQuotes =
      text.isEmpty
      || text.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    guard needsQuotes else { return bytes.append(contentsOf: text.utf8) }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The beginnings that OWASP's "CSV Injection" lists.
  private static func isFormula(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return false }
    return "=+-@\t\r".utf8.contains(first)
  }
}
