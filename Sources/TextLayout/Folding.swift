// Long lines as several.

/// A text in lines of at most `width` columns, broken at blanks; what follows the first line is indented by two more. A
/// word that fits on no line is cut.
package func folded(_ text: String, indent: Int, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  // Something has to fit, however narrow the terminal is.
  func room() -> Int { max(width - indent - (lines.isEmpty ? 0 : 2), 8) }
  for word in text.split(separator: " ", omittingEmptySubsequences: true) {
    if !line.isEmpty && line.displayWidth + 1 + String(word).displayWidth > room() {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
    while line.displayWidth > room() {
      let start = line.start(width: room())
      lines.append(start)
      line.removeFirst(start.count)
    }
  }
  lines.append(line)
  return lines.enumerated().map { String(repeating: " ", count: indent + ($0 == 0 ? 0 : 2)) + $1 }
}

/// Lines that are wider than `width` in several, as far in as they are.
package func folded(_ lines: [String], width: Int) -> [String] {
  lines.flatMap { line -> [String] in
    line.displayWidth <= width ? [line] : folded(line, indent: line.prefix { $0 == " " }.count, width: width)
  }
}

/// Items after a label, broken between items before column `width`; what follows the first line is indented by two more
/// than the label.
package func wrapped(_ items: [String], label: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = label
  let indent = label.prefix { $0 == " " }.count + 2
  for (index, item) in items.enumerated() {
    let piece = index + 1 < items.count ? item + ", " : item
    if line.displayWidth + piece.trimmingEnd.displayWidth > width {
      lines.append(line.trimmingEnd)
      line = String(repeating: " ", count: indent)
    }
    line += piece
  }
  lines.append(line)
  return lines
}

extension String {
  /// What of it fits into `width` columns; one character at least.
  fileprivate func start(width: Int) -> String {
    var start = ""
    for character in self {
      if !start.isEmpty && (start + String(character)).displayWidth > width { break }
      start.append(character)
    }
    return start
  }

  /// Without blanks at its end.
  package var trimmingEnd: String {
    var text = self
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return text
  }
}
