// Text for a terminal.

extension String {
  /// Comms, event names and file names can hold any byte, and a terminal would interpret them. The width is kept, so
  /// columns stay aligned.
  package var printable: String {
    if utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
  }
}

/// A word of a command line, quoted if a shell would take it apart.
package func shellWord(_ word: String) -> String {
  let isPlain =
    !word.isEmpty
    && word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte >= 0x80
        || "_-+./:@%,=".utf8.contains(byte)
    }
  return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}
