// Numbers and tables as the report writes them.

import KVMEvents

/// The input's name in a sentence: `-` on a command line is standard input.
package func inputName(_ name: String) -> String { name == "-" ? "standard input" : name }

/// Columns of text, two blanks apart; the columns in `right` are numbers.
func aligned(_ rows: [[String]], right: Set<Int>) -> [String] {
  let widths = rows.reduce(into: [Int]()) { widths, row in
    for (column, cell) in row.enumerated() {
      if column == widths.count { widths.append(0) }
      widths[column] = max(widths[column], cell.count)
    }
  }
  return rows.map { row in
    let cells = row.enumerated().map { column, cell in
      let blanks = String(repeating: " ", count: widths[column] - cell.count)
      return right.contains(column) ? blanks + cell : cell + blanks
    }
    var line = cells.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// Items behind a label, broken before column 120.
func wrapped(_ items: [String], label: String) -> [String] {
  var lines: [String] = []
  var line = label
  for (index, item) in items.enumerated() {
    let piece = index + 1 < items.count ? item + ", " : item
    if line.count + piece.count > 120 {
      lines.append(String(line.dropLast()))
      line = String(repeating: " ", count: label.count)
    }
    line += piece
  }
  lines.append(line)
  return lines
}
