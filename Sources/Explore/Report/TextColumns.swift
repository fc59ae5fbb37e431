// Columns of text, as wide as their widest entry.

/// Rows of entries; the last column is not padded.
struct TextColumns {
  private(set) var rows: [[String]] = []

  mutating func append(_ row: [String]) { rows.append(row) }

  func lines(gap: Int = 2) -> [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      let padded = row.enumerated().map { column, entry in
        entry + String(repeating: " ", count: widths[column] - entry.count + gap)
      }
      return Self.trimmed(padded.joined())
    }
  }

  private static func trimmed(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
