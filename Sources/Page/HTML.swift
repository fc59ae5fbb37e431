// Markup as text: every value is escaped where it is written.

import TextLayout

/// HTML that is well-formed XML, too: every element is closed.
struct HTML {
  typealias Attributes = KeyValuePairs<String, String>

  private(set) var text = ""

  mutating func element(_ tag: String, _ attributes: Attributes = [:], _ content: (inout HTML) -> Void) {
    open(tag, attributes)
    content(&self)
    close(tag)
  }

  /// The same, of attributes that are put together.
  mutating func element(
    _ tag: String, joining attributes: [(String, String)], _ content: (inout HTML) -> Void
  ) {
    start(tag, attributes)
    text += ">"
    content(&self)
    close(tag)
  }

  /// An element that holds text.
  mutating func element(_ tag: String, _ attributes: Attributes, _ words: String) {
    open(tag, attributes)
    write(words)
    close(tag)
  }

  mutating func element(_ tag: String, _ words: String) { element(tag, [:], words) }

  /// An element without content.
  mutating func void(_ tag: String, _ attributes: Attributes = [:]) {
    start(tag, attributes)
    text += "/>"
  }

  mutating func write(_ words: String) { Self.append(words.escaped, to: &text) }

  /// Lines of text as they are.
  mutating func preformatted(_ lines: String) {
    // HTML drops a line break after the tag.
    open("pre", [:])
    for (index, line) in lines.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { text += "\n" }
      write(String(line))
    }
    close("pre")
  }

  /// A resource of this target, which holds neither `<` nor `&`.
  mutating func raw(_ tag: String, _ resource: String) {
    open(tag, [:])
    text += resource
    close(tag)
  }

  private mutating func open(_ tag: String, _ attributes: Attributes) {
    start(tag, attributes)
    text += ">"
  }

  private mutating func close(_ tag: String) { text += "</\(tag)>" }

  private mutating func start(_ tag: String, _ attributes: Attributes) {
    start(tag, attributes.map { ($0.key, $0.value) })
  }

  private mutating func start(_ tag: String, _ attributes: [(String, String)]) {
    text += "<\(tag)"
    for (name, value) in attributes {
      text += " \(name)=\""
      Self.append(value.escaped, to: &text)
      text += "\""
    }
  }

  private static func append(_ words: String, to text: inout String) {
    for scalar in words.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      // XML has no such characters, escaped or not.
      case "\u{fffe}", "\u{ffff}": text += "?"
      case _: text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension HTML {
  /// A table in a box that scrolls by itself; the first row is its heading.
  mutating func table(_ rows: [[String]], right: Set<Int> = [], caption: String, mark: String? = nil) {
    scrolling(caption) { html in
      html.element("table") { html in
        html.element("caption", caption)
        html.element("thead") { html in
          html.element("tr") { html in
            for (column, word) in (rows.first ?? []).enumerated() {
              html.element("th", ["scope": "col", "class": right.contains(column) ? "right" : "left"], word)
            }
          }
        }
        html.element("tbody") { html in
          for row in rows.dropFirst() {
            html.element("tr", mark.map { ["data-mark": $0] } ?? [:]) { html in
              for (column, word) in row.enumerated() {
                html.element("td", ["class": right.contains(column) ? "right" : "left"], word)
              }
            }
          }
        }
      }
    }
  }

  /// What may be wider than the page; it has the focus, so that keys scroll it.
  mutating func scrolling(_ label: String, _ content: (inout HTML) -> Void) {
    element("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label], content)
  }

  mutating func details(_ summary: String, _ content: (inout HTML) -> Void) {
    element("details") { html in
      html.element("summary", summary)
      content(&html)
    }
  }
}
