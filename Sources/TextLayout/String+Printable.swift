// Text for a terminal.

extension String {
  /// Comms, names of events and of files can hold anything; a terminal would obey it. As wide as before: columns stay.
  package var printable: String {
    if utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
    }
  }
}
