// Rows aligned for the eye.

/// Collects rows until it is asked for text. The first piece settles the widths; what is wider later sticks out.
struct AlignedTable {
  private struct Cell {
    let text: String
    let isNumber: Bool
  }

  private let names: [String]
  private var rows: [[Cell]] = []
  private var widths: [Int] = []

  init(names: [String]) {
    self.names = names
  }

  mutating func append(_ values: [QueryValue]) {
    rows.append(values.map(AlignedTable.cell))
  }

  /// The rows since the last call; the first time with a heading.
  mutating func takeText() -> String {
    var text = ""
    if widths.isEmpty {
      settleWidths()
      let heading = names.map { Cell(text: $0, isNumber: false) }
      let rule = widths.map { Cell(text: String(repeating: "-", count: $0), isNumber: false) }
      text = line(heading) + line(rule)
    }
    for row in rows { text += line(row) }
    rows.removeAll(keepingCapacity: true)
    return text
  }

  private mutating func settleWidths() {
    widths = names.map(\.count)
    for row in rows {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.text.count) }
    }
  }

  /// Numbers to the right, texts to the left, nothing behind the last column.
  private func line(_ cells: [Cell]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.text.count))
      line += cell.isNumber ? padding + cell.text : cell.text + padding
      if column < cells.count - 1 { line += "  " }
    }
    while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
    return line + "\n"
  }

  /// A row is one line: control characters are shown as escapes.
  private static func cell(_ value: QueryValue) -> Cell {
    switch value {
    case .integer, .real: return Cell(text: value.plain, isNumber: true)
    case .null, .blob: return Cell(text: value.plain, isNumber: false)
    case .text(let text):
      guard text.unicodeScalars.contains(where: isControl) else { return Cell(text: text, isNumber: false) }
      let shown = text.unicodeScalars.map { isControl($0) ? "\\x" + QueryValue.hex([UInt8($0.value)]) : String($0) }
      return Cell(text: shown.joined(), isNumber: false)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || (127..<160).contains(scalar.value)
  }
}
