// The summaries of findings with other addresses.

/// Sentences of one recording in which each address is replaced by another, always by the same: page offsets, overlaps
/// and distances stay (`AddressNames`).
package struct AnonymousSummaries {
  package let texts: [String]

  package init(_ sentences: [String]) {
    let lines = sentences.map { Array($0.utf8) }
    var seen = AddressNames.Seen()
    for word in lines.flatMap({ Self.addresses(in: $0) }) { seen.add(word.value, Self.use(of: word)) }
    let names = AddressNames(seen)
    texts = lines.map { line in
      var text: [UInt8] = []
      var place = 0
      for word in Self.addresses(in: line) {
        text += line[place..<word.range.lowerBound] + word.text(names.name(of: word.value, Self.use(of: word)))
        place = word.range.upperBound
      }
      return String(decoding: text + line[place...], as: UTF8.self)
    }
  }

  /// Counts are decimal.
  private static func addresses(in line: [UInt8]) -> [NumberWord] {
    NumberWord.all(in: line, from: 0).filter { $0.notation != .decimal }
  }

  /// Findings name user addresses, and error pfns, which are no address.
  private static func use(of word: NumberWord) -> NumberUse { word.value >> 47 == 0 ? .user : .untold }
}
