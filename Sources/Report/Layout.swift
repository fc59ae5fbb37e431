// Numbers and tables as the report writes them.

import KVMEvents

/// The input's name in a sentence: `-` on a command line is standard input.
package func inputName(_ name: String) -> String { name == "-" ? "standard input" : name }

/// Nanoseconds as a number of larger units with three digits behind the point, rounded to nearest.
private func decimal(_ ns: Int64, unit: Int64) -> String {
  let thousandth = UInt64(unit / 1000)
  // Stamps may go back, and lie at the far end of 64 bits: a sign apart, and no sum in Int64.
  let rounded = (ns.magnitude + thousandth / 2) / thousandth
  let rest = String(rounded % 1000)
  let number = "\(grouped(rounded / 1000)).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
  return ns < 0 && rounded > 0 ? "-" + number : number
}

func seconds(_ ns: Int64) -> String { decimal(ns, unit: 1_000_000_000) }
func milliseconds(_ ns: Int64) -> String { decimal(ns, unit: 1_000_000) }

/// Nanoseconds as microseconds, exactly.
func microseconds(_ ns: Int64) -> String { decimal(ns, unit: 1000) }

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
