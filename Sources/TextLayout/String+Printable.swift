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
