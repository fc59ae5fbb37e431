// Text in columns: reports, matrices, timelines, results of queries.

/// Collects rows and lays them out, without trailing blanks.
package struct TextTable {
  package struct Cell {
    package let text: String
    /// Numbers are.
    package let isRight: Bool

    package init(_ text: String, isRight: Bool = false) {
      self.text = text
      self.isRight = isRight
    }
  }

  private enum Row {
    case cells([Cell])
    /// Begins at `column` and extends over those after it.
    case heading(String, column: Int)
  }

  private var rows: [Row] = []
  /// Of each column, in columns of a terminal.
  private var widths: [Int] = []
  /// Columns of numbers, for rows of plain texts.
  private let right: Set<Int>

  /// - Parameter right: the columns whose entries are right-aligned.
  package init(right: Set<Int> = []) { self.right = right }

  package mutating func append(_ row: [String]) {
    append(row.enumerated().map { Cell($1, isRight: right.contains($0)) })
  }

  package mutating func append(_ cells: [Cell]) {
    rows.append(.cells(cells))
    for (column, cell) in cells.enumerated() {
      if column == widths.count { widths.append(0) }
      widths[column] = max(widths[column], cell.text.displayWidth)
    }
  }

  package mutating func appendHeading(_ text: String, column: Int) { rows.append(.heading(text, column: column)) }

  /// - Parameter gap: blanks between two columns.
  package func lines(gap: Int = 2) -> [String] { rows.map { line($0, gap) } }

  /// Of its widest line.
  package var width: Int { lines().map(\.displayWidth).max() ?? 0 }

  private func line(_ row: Row, _ gap: Int) -> String {
    var line = ""
    switch row {
    case .cells(let cells):
      for (column, cell) in cells.enumerated() {
        if column > 0 { line += blanks(gap) }
        let padding = blanks(widths[column] - cell.text.displayWidth)
        line += cell.isRight ? padding + cell.text : cell.text + padding
      }
    case .heading(let text, let column):
      line = blanks(widths.prefix(column).reduce(0) { $0 + $1 + gap }) + text
    }
    return line.trimmingEnd
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

/// Rows as lines, two blanks between columns; the columns in `right` are numbers.
package func aligned(_ rows: [[String]], right: Set<Int> = []) -> [String] {
  var table = TextTable(right: right)
  for row in rows { table.append(row) }
  return table.lines()
}

/// The same in `width` columns: in blocks below each other, each with the first columns.
/// - Parameter keyCount: how many those are.
package func blocks(_ rows: [[String]], right: Set<Int>, keyCount: Int = 1, width: Int) -> [String] {
  var lines: [String] = []
  var rest = (rows.first ?? []).indices.dropFirst(keyCount)
  while let next = rest.first {
    var columns = Array(0..<keyCount) + [next]
    func table() -> TextTable {
      var table = TextTable(right: Set(columns.indices.filter { right.contains(columns[$0]) }))
      for row in rows { table.append(columns.map { row[$0] }) }
      return table
    }
    rest = rest.dropFirst()
    while let next = rest.first {
      columns.append(next)
      if table().width > width {
        columns.removeLast()
        break
      }
      rest = rest.dropFirst()
    }
    lines += (lines.isEmpty ? [] : [""]) + table().lines()
  }
  return lines
}

/// The same in `width` columns: without the optional columns in which nothing is, and without more of them, the
/// first first, as far as need be.
package func fitted(_ rows: [[String]], right: Set<Int>, optional: [Int], width: Int) -> [String] {
  let isEmpty = { (column: Int) in rows.dropFirst().allSatisfy { $0[column].isEmpty } }
  var kept = rows.first.map { $0.indices.filter { !optional.contains($0) || !isEmpty($0) } } ?? []
  var left = optional[...]
  while true {
    var table = TextTable(right: Set(kept.indices.filter { right.contains(kept[$0]) }))
    for row in rows { table.append(kept.map { row[$0] }) }
    guard table.width > width, let column = left.popFirst() else { return table.lines() }
    kept.removeAll { $0 == column }
  }
}
