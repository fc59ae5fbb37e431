// A line and how a terminal shows it.

/// One line of text, styled as a whole.
package struct StyledLine: Sendable, ExpressibleByStringLiteral {
  package enum Style: Sendable {
    case plain
    /// Nothing wrong.
    case good
    /// Something that is not known.
    case doubtful
    /// Something wrong.
    case bad
    case heading
  }

  package var text: String
  package var style: Style

  package init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }

  package init(stringLiteral text: String) { self.init(text) }

  /// Safe for a terminal.
  package func rendered(inColor: Bool) -> String {
    let text = text.printable
    guard inColor, let code = style.code, !text.isEmpty else { return text }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}

extension [String] {
  /// The lines of a table: the first one is its heading.
  package var headed: [StyledLine] { enumerated().map { StyledLine($1, $0 == 0 ? .heading : .plain) } }
}

extension StyledLine.Style {
  /// SGR parameters; nil: none.
  fileprivate var code: String? {
    switch self {
    case .plain: nil
    case .good: "32"
    case .doubtful: "33"
    case .bad: "31"
    case .heading: "1"
    }
  }
}
