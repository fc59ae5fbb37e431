// A label and its text, as in a mail's head.

/// The text begins after the label, and is folded under itself.
package struct LabelledText: Sendable {
  private let label: String
  private let text: String

  package init(_ label: String, _ text: String) {
    self.label = label
    self.text = text
  }

  /// Of the longest label and a blank.
  private static let indent = 11

  /// In `width` columns.
  package func lines(width: Int) -> [String] {
    var lines = folded(text, indent: Self.indent, width: width)
    lines[0] = start + lines[0].dropFirst(Self.indent)
    return lines
  }

  /// In one line.
  package var line: String { start + text }

  private var start: String { label + String(repeating: " ", count: max(1, Self.indent - label.count)) }
}
