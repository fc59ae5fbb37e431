// The rows of a query in aligned columns.

/// Holds the first rows back to find the widths of the columns; all later rows have them, and wider values stick out.
struct TablePrinter: QueryPrinter {
  private static let rowsMeasured = 500
  /// Blanks between two columns.
  private static let gap = 2
  private static let escaped = ByteClass { $0 < 32 || $0 >= 127 }

  private struct Shown {
    let bytes: [UInt8]
    /// In characters.
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
    /// In characters.
    let width: Int
    let isRight: Bool
  }

  var bytes: [UInt8] = []
  private let escaped = TablePrinter.escaped
  private let columnCount: Int
  private var widths: [Int]
  /// Row by row, the heading first; none once the widths are known.
  private var cells: [Cell] = []
  private var heldBack: [UInt8] = []
  private var rowCount = 0
  /// Of the cells of the row that is being printed: blanks that another cell may still follow.
  private var blanks = 0

  init(names: [String]) {
    columnCount = names.count
    widths = Array(repeating: 0, count: names.count)
    for (column, name) in names.enumerated() { holdBack(TablePrinter.shown(name), isRight: false, column) }
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
    for column in 0..<columnCount { append(QueryValue(row, column: Int32(column)), column) }
    endLine()
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

  // MARK: A cell

  @inline(__always) private mutating func append(_ value: QueryValue, _ column: Int) {
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

  /// A row is one line: control characters are shown as escapes.
  private static func shown(_ text: String) -> Shown {
    var shown = ""
    for scalar in text.unicodeScalars {
      guard scalar.value < 32 || (127..<160).contains(scalar.value) else {
        shown.unicodeScalars.append(scalar)
        continue
      }
      var escape: [UInt8] = Array("\\x".utf8)
      escape.append(hex: UInt8(scalar.value))
      shown += String(decoding: escape, as: UTF8.self)
    }
    return Shown(bytes: Array(shown.utf8), width: shown.count)
  }
}
