// The rows of a query in aligned columns, or a line per value.

import TextLayout

/// Holds the first rows back to find the widths of the columns; all later rows have them, and wider values stick out.
/// If these rows do not fit, each row is several lines.
struct TablePrinter: QueryPrinter {
  private static let rowsMeasured = 500
  /// Blanks between two columns.
  private static let gap = 2
  private static let escaped = ByteClass { $0 < 32 || $0 >= 127 }

  private struct Shown {
    let bytes: [UInt8]
    /// In columns of a terminal.
    let width: Int

    init(bytes: [UInt8], width: Int) {
      self.bytes = bytes
      self.width = width
    }

    init(ascii bytes: [UInt8]) { self.init(bytes: bytes, width: bytes.count) }
  }

  private struct Cell {
    /// In `heldBack`: it ends here, and the one before it where this one begins.
    let end: Int
    /// In columns of a terminal.
    let width: Int
    let isRight: Bool
  }

  var bytes: [UInt8] = []
  private let escaped = TablePrinter.escaped
  private let columnCount: Int
  /// That there is; nil: as many as are needed.
  private let width: Int?
  private let names: [Shown]
  /// A line per value: found out with the first rows.
  private var isUpright = false
  private var widths: [Int]
  /// Row by row, the heading first; none once the widths are known.
  private var cells: [Cell] = []
  private var heldBack: [UInt8] = []
  private var rowCount = 0
  /// Of the cells of the row that is being printed: blanks that another cell may still follow.
  private var blanks = 0

  init(names: [String], width: Int? = nil) {
    columnCount = names.count
    self.width = width
    self.names = names.map { TablePrinter.shown($0) }
    widths = Array(repeating: 0, count: names.count)
    for (column, name) in self.names.enumerated() { holdBack(name, isRight: false, column) }
  }

  mutating func append(_ row: Statement) {
    rowCount += 1
    guard rowCount > TablePrinter.rowsMeasured else {
      for column in 0..<columnCount {
        let (text, isRight) = cell(QueryValue(row, column: Int32(column)))
        holdBack(text, isRight: isRight, column)
      }
      if rowCount == TablePrinter.rowsMeasured { printHeldBack() }
      return
    }
    if isUpright { beginUprightRow(rowCount) }
    for column in 0..<columnCount { append(QueryValue(row, column: Int32(column)), column) }
    if !isUpright { endLine() }
  }

  mutating func finish() { if rowCount < TablePrinter.rowsMeasured { printHeldBack() } }

  // MARK: The first rows

  private mutating func holdBack(_ text: Shown, isRight: Bool, _ column: Int) {
    heldBack += text.bytes
    cells.append(Cell(end: heldBack.count, width: text.width, isRight: isRight))
    widths[column] = max(widths[column], text.width)
  }

  private mutating func printHeldBack() {
    let (cells, heldBack) = (self.cells, self.heldBack)
    self.cells = []
    self.heldBack = []
    if let width, widths.reduce(0, +) + (columnCount - 1) * TablePrinter.gap > width {
      isUpright = true
      return printUpright(cells, heldBack)
    }
    var start = 0
    for (index, cell) in cells.enumerated() {
      let column = index % columnCount
      heldBack.withUnsafeBytes {
        append(UnsafeRawBufferPointer(rebasing: $0[start..<cell.end]), cell.width, isRight: cell.isRight, column)
      }
      start = cell.end
      if column < columnCount - 1 { continue }
      endLine()
      if index == column { printRule() }
    }
  }

  private mutating func printRule() {
    for (column, width) in widths.enumerated() {
      if column > 0 { bytes.append(blanks: TablePrinter.gap) }
      bytes.append(contentsOf: repeatElement(UInt8(ascii: "-"), count: width))
    }
    bytes.append(10)
  }

  // MARK: A line per value

  private mutating func printUpright(_ cells: [Cell], _ heldBack: [UInt8]) {
    let names = cells.prefix(columnCount)
    // Without rows the names alone.
    if rowCount == 0 {
      for column in 0..<columnCount { appendUpright(UnsafeRawBufferPointer(start: nil, count: 0), column) }
    }
    var start = names.last?.end ?? 0
    for (index, cell) in cells.enumerated().dropFirst(columnCount) {
      let column = index % columnCount
      if column == 0 { beginUprightRow(index / columnCount) }
      heldBack.withUnsafeBytes { appendUpright(UnsafeRawBufferPointer(rebasing: $0[start..<cell.end]), column) }
      start = cell.end
    }
  }

  private mutating func beginUprightRow(_ number: Int) {
    bytes += Array("-[ row \(number) ]-\n".utf8)
  }

  private mutating func appendUpright(_ text: UnsafeRawBufferPointer, _ column: Int) {
    let name = names[column]
    bytes += name.bytes
    if !text.isEmpty {
      bytes.append(blanks: nameWidth - name.width + TablePrinter.gap)
      bytes.append(contentsOf: text)
    }
    bytes.append(10)
  }

  private var nameWidth: Int { names.map(\.width).max() ?? 0 }

  // MARK: A cell

  @inline(__always) private mutating func append(_ value: QueryValue, _ column: Int) {
    if isUpright {
      cell(value).text.bytes.withUnsafeBytes { appendUpright($0, column) }
      return
    }
    switch value {
    case .null: blanks += widths[column] + (column > 0 ? TablePrinter.gap : 0)
    case .text(let text) where !escaped.containsAny(of: text): append(text, text.count, isRight: false, column)
    case .integer, .real, .text, .blob:
      let (text, isRight) = cell(value)
      text.bytes.withUnsafeBytes { append($0, text.width, isRight: isRight, column) }
    }
  }

  /// Trailing blanks of a line are never printed.
  @inline(__always) private mutating func append(
    _ text: UnsafeRawBufferPointer, _ width: Int, isRight: Bool, _ column: Int
  ) {
    let padding = max(0, widths[column] - width)
    if column > 0 { blanks += TablePrinter.gap }
    if isRight || text.isEmpty { blanks += padding }
    if text.isEmpty { return }
    bytes.append(blanks: blanks)
    bytes.append(contentsOf: text)
    blanks = isRight ? 0 : padding
  }

  private mutating func endLine() {
    blanks = 0
    bytes.append(10)
  }

  /// Numbers are aligned to the right.
  private func cell(_ value: QueryValue) -> (text: Shown, isRight: Bool) {
    var text: [UInt8] = []
    switch value {
    case .null: break
    case .integer(let value):
      text.append(decimal: value)
      return (Shown(ascii: text), true)
    case .real(let value):
      text.append(real: value)
      return (Shown(ascii: text), true)
    case .blob(let blob): text.append(hex: blob)
    case .text(let bytes):
      guard escaped.containsAny(of: bytes) else { return (Shown(ascii: Array(bytes)), false) }
      return (TablePrinter.shown(String(decoding: bytes, as: UTF8.self)), false)
    }
    return (Shown(ascii: text), false)
  }

  /// A row is one line, and a terminal obeys none of it: what it would obey is shown as escapes.
  private static func shown(_ text: String) -> Shown {
    var shown = ""
    for scalar in text.unicodeScalars {
      guard scalar.isObeyed else {
        shown.unicodeScalars.append(scalar)
        continue
      }
      shown += scalar.value < 256 ? "\\x" : "\\u"
      let digits = String(scalar.value, radix: 16)
      shown += String(repeating: "0", count: (scalar.value < 256 ? 2 : 4) - digits.count) + digits
    }
    return Shown(bytes: Array(shown.utf8), width: shown.displayWidth)
  }
}
