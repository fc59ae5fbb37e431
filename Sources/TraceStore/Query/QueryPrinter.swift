// Rows of a query as bytes, one case per format.

/// Turns rows into text as they come. Big results stream; an aligned table reads its first rows to find its widths.
struct QueryPrinter {
  private static let rowsMeasured = 500
  private static let bytesKept = 1 << 16

  private let format: QueryFormat
  private let names: [String]
  /// Text not passed to the sink yet.
  private var text = ""
  private var table: AlignedTable
  private var rowCount = 0

  init(_ format: QueryFormat, names: [String]) {
    self.format = format
    self.names = names
    table = AlignedTable(names: names)
    switch format {
    case .csv: text = names.map(QueryPrinter.csv).joined(separator: ",") + "\r\n"
    case .json: text = "["
    case .table: break
    }
  }

  /// Returns the text that is ready for the sink; usually nothing, sometimes a large piece.
  mutating func print(_ values: [QueryValue]) -> String? {
    rowCount += 1
    switch format {
    case .csv: text += values.map(QueryPrinter.csv).joined(separator: ",") + "\r\n"
    case .json: text += (rowCount == 1 ? "\n" : ",\n") + object(values)
    case .table:
      table.append(values)
      if rowCount >= QueryPrinter.rowsMeasured { text += table.takeText() }
    }
    return text.utf8.count >= QueryPrinter.bytesKept ? takeText() : nil
  }

  mutating func finish() -> String {
    switch format {
    case .csv: break
    case .json: text += rowCount == 0 ? "]\n" : "\n]\n"
    case .table: text += table.takeText()
    }
    return takeText()
  }

  private mutating func takeText() -> String {
    defer { text = "" }
    return text
  }

  private static func csv(_ value: QueryValue) -> String {
    switch value {
    case .text(let text): csv(text)
    case .null, .integer, .real, .blob: value.plain
    }
  }

  private static func csv(_ text: String) -> String {
    let needsQuotes =
      text.isEmpty
      || text.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13 }
    guard needsQuotes else { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  private func object(_ values: [QueryValue]) -> String {
    "{" + zip(names, values).map { "\(JSONText.quoted($0)):\(QueryPrinter.json($1))" }.joined(separator: ",") + "}"
  }

  private static func json(_ value: QueryValue) -> String {
    switch value {
    case .null: "null"
    case .integer, .real: value.plain
    case .text(let text): JSONText.quoted(text)
    case .blob: JSONText.quoted(value.plain)
    }
  }
}
