// Columns of text, as wide as their widest entry.

/// Rows of entries; the last column is not padded.
struct TextColumns {
  private enum Row {
    case cells([String])
    /// Begins where `column` begins and runs on over those behind it.
    case heading(String, column: Int)
  }

  private var rows: [Row] = []

  mutating func append(_ row: [String]) { rows.append(.cells(row)) }

  mutating func appendHeading(_ text: String, column: Int) { rows.append(.heading(text, column: column)) }

  func lines(gap: Int = 2) -> [String] {
    let widths = widths()
    return rows.map { row in
      switch row {
      case .cells(let cells):
        let padded = cells.enumerated().map { column, entry in
          entry + String(repeating: " ", count: widths[column] - entry.count + gap)
        }
        return Self.trimmed(padded.joined())
      case .heading(let text, let column):
        return String(repeating: " ", count: widths.prefix(column).reduce(0) { $0 + $1 + gap }) + text
      }
    }
  }

  private func widths() -> [Int] {
    rows.reduce(into: [Int]()) { widths, row in
      guard case .cells(let cells) = row else { return }
      for (column, entry) in cells.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], entry.count)
      }
    }
  }

  private static func trimmed(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
