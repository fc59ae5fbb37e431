// The rows of a query in aligned columns.

import TextLayout

/// Collects rows until its text is read; the first time with a heading, whose widths all later rows have.
struct AlignedTable {
  private var table = TextTable()

  init(names: [String]) {
    table.append(names)
    table.appendRule()
  }

  mutating func append(_ values: [QueryValue]) {
    table.append(values.map(AlignedTable.cell))
  }

  /// The rows since the last call.
  mutating func takeText() -> String { table.takeLines().reduce(into: "") { $0 += $1 + "\n" } }

  /// A row is one line: control characters are shown as escapes.
  private static func cell(_ value: QueryValue) -> TextTable.Cell {
    switch value {
    case .integer, .real: return TextTable.Cell(value.plain, isRight: true)
    case .null, .blob: return TextTable.Cell(value.plain)
    case .text(let text):
      guard text.unicodeScalars.contains(where: isControl) else { return TextTable.Cell(text) }
      let shown = text.unicodeScalars.map { isControl($0) ? "\\x" + QueryValue.hex([UInt8($0.value)]) : String($0) }
      return TextTable.Cell(shown.joined())
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 32 || (127..<160).contains(scalar.value)
  }
}
