// Long lines as several.

/// A text in lines of at most `width` columns, broken at blanks; what follows the first line is indented by two more. A
/// word that fits on no line is cut.
package func folded(_ text: String, indent: Int, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  // Something has to fit, however narrow the terminal is.
  func room() -> Int { max(width - indent - (lines.isEmpty ? 0 : 2), 8) }
  for word in text.split(separator: " ", omittingEmptySubsequences: true) {
    if !line.isEmpty && line.count + 1 + word.count > room() {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
    while line.count > room() {
      let cut = room()
      lines.append(String(line.prefix(cut)))
      line.removeFirst(cut)
    }
  }
  lines.append(line)
  return lines.enumerated().map { String(repeating: " ", count: indent + ($0 == 0 ? 0 : 2)) + $1 }
}

/// Items after a label, broken between items before column `width`; what follows the first line is indented by two more
/// than the label.
package func wrapped(_ items: [String], label: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = label
  let indent = label.prefix { $0 == " " }.count + 2
  for (index, item) in items.enumerated() {
    let piece = index + 1 < items.count ? item + ", " : item
    if line.count + piece.trimmingEnd.count > width {
      lines.append(line.trimmingEnd)
      line = String(repeating: " ", count: indent)
    }
    line += piece
  }
  lines.append(line)
  return lines
}

extension String {
  /// Without blanks at its end.
  package var trimmingEnd: String {
    var text = self
    while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
    return text
  }
}
