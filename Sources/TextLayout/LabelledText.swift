// A label and its text, as in a mail's head.

/// The text begins after the label, and is folded under itself.
package struct LabelledText: Sendable {
  private let label: String
  private let text: String

  /// Where the text begins.
  private let indent: Int

  /// - Parameter indent: the longest label of a list, and what is between it and its text.
  package init(_ label: String, _ text: String, indent: Int = 11) {
    self.label = label
    self.text = text
    self.indent = indent
  }

  /// In `width` columns.
  package func lines(width: Int) -> [String] {
    var lines = folded(text, indent: indent, width: width)
    lines[0] = start + lines[0].dropFirst(indent)
    return lines
  }

  /// In one line.
  package var line: String { start + text }

  private var start: String { label + String(repeating: " ", count: max(1, indent - label.count)) }
}
