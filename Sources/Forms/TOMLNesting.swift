// How deep a TOML file nests by dotted keys: its parser follows each part of a key by a call of its own.

/// The parser (toml++) bounds the nesting of arrays and inline tables itself, at 256; a key of 100,000 parts ends the
/// process.
package enum TOMLNesting {
  /// Parts of one key: more than any file of ours has.
  package static let partsMax = 32

  /// The first line with a longer key, from 1; nil: there is none.
  package static func lineTooDeep(_ toml: String) -> Int? {
    var toml = toml
    return toml.withUTF8 { lineTooDeep($0) }
  }

  private static func lineTooDeep(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var line = 1
    var dots = 0
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\n"):
        line += 1
        dots = 0
      case UInt8(ascii: "."):
        dots += 1
        if dots >= partsMax { return line }
      // What a key begins after, or ends before.
      case UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "]"): dots = 0
      case UInt8(ascii: "#"):
        while place + 1 < bytes.count, bytes[place + 1] != UInt8(ascii: "\n") { place += 1 }
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        let end = endOfText(bytes, from: place)
        line += bytes[place..<end].count { $0 == UInt8(ascii: "\n") }
        place = end
        continue
      default: break
      }
      place += 1
    }
    return nil
  }

  /// The place after a text that begins at `start`. One that is not closed ends with its line, or with the file: the
  /// parser goes no further, either.
  private static func endOfText(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let quote = bytes[start]
    let isLong = start + 2 < bytes.count && bytes[start + 1] == quote && bytes[start + 2] == quote
    let count = isLong ? 3 : 1
    var place = start + count
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        place += 2
        continue
      }
      if !isLong, bytes[place] == UInt8(ascii: "\n") { return place }
      guard place + count <= bytes.count, bytes[place..<place + count].allSatisfy({ $0 == quote }) else {
        place += 1
        continue
      }
      place += count
      // A long text may end with two quotes of its own.
      var own = 0
      while isLong, own < 2, place < bytes.count, bytes[place] == quote {
        place += 1
        own += 1
      }
      return place
    }
    return bytes.count
  }
}
