// Text for a terminal.

extension String {
  /// Comms, event names and file names can hold any byte, and a terminal would interpret them. The width is kept, so
  /// columns stay aligned.
  package var printable: String {
    if utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text.unicodeScalars.append(scalar.isObeyed ? "?" : scalar)
    }
  }
}

extension String {
  /// For a page, where width does not matter: what a reader's program would obey is named, as `\u{202e}`.
  package var escaped: String {
    if utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.isObeyed {
        text += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension String {
  /// Of a JSON document: what a terminal would obey is there only in texts, where the escape is the same character.
  package var escapedForJSON: String {
    if utf8.allSatisfy({ $0 < 0x7f }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.value >= 0x7f, scalar.isObeyed {
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}

/// A path as a word of a command line: quoted if a shell would take it apart, and no option.
package func shellWord(_ path: String) -> String {
  let word = path.hasPrefix("-") && path != "-" ? "./" + path : path
  if word.unicodeScalars.contains(where: \.isObeyed) {
    return "$'" + word.unicodeScalars.map(escaped).joined() + "'"
  }
  let isPlain =
    !word.isEmpty
    && word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte >= 0x80
        || "_-+./:@%,=".utf8.contains(byte)
    }
  return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}

/// In `$'…'`.
private func escaped(_ scalar: Unicode.Scalar) -> String {
  if scalar == "'" || scalar == "\\" { return "\\\(scalar)" }
  guard scalar.isObeyed else { return String(scalar) }
  return String(scalar).utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension Unicode.Scalar {
  /// A terminal does something for it: a control character, or one that turns the direction of what follows.
  package var isObeyed: Bool {
    switch value {
    case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
    case _: properties.generalCategory == .control
    }
  }
}
