// What a TOML file may not have because its parser (toml++) ends the process over it.

/// The parser follows each part of a key by a call of its own, so that a key of 100,000 parts ends the process (arrays
/// and inline tables it bounds itself, at 256); and it takes for granted that `[` is followed by a key, that a bracket
/// is closed by its own kind, and that a time follows a date and a blank.
package enum TOMLLimits {
  /// Parts of one key: more than any file of ours has.
  static let partsMax = 32

  /// What is in a file, and on which line, from 1.
  package struct Fault: Equatable {
    package let line: Int
    package let reason: String
  }

  /// nil: the parser can have it.
  package static func fault(_ toml: String) -> Fault? {
    var toml = toml
    return toml.withUTF8 { fault($0) }
  }

  private static func fault(_ bytes: UnsafeBufferPointer<UInt8>) -> Fault? {
    var line = 1
    var dots = 0
    // Of arrays and inline tables: a `[` inside is none of a table's name.
    var open: [UInt8] = []
    var isAtStart = true
    var isHeader = false
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if isAtStart, !isBlank(byte) {
        isAtStart = false
        if byte == UInt8(ascii: "["), open.isEmpty {
          isHeader = true
          place = endOfBrackets(bytes, from: place)
          guard place == bytes.count || beginsKey(bytes[place]) else {
            return Fault(line: line, reason: "the name of a table is wanted after [")
          }
          continue
        }
      }
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        dots = 0
        isAtStart = true
        isHeader = false
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if place >= 2, bytes[place - 1] == UInt8(ascii: " "), endsNumber(bytes[place - 2]) {
          return Fault(line: line, reason: "a date with a time after a blank is not accepted")
        }
      case UInt8(ascii: "."):
        dots += 1
        if dots >= partsMax { return Fault(line: line, reason: "a key has more than \(partsMax) parts") }
      // What a key begins after, or ends before.
      case UInt8(ascii: "="), UInt8(ascii: ","): dots = 0
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        dots = 0
        open.append(byte)
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        dots = 0
        // Both are two places after what opens them.
        if !isHeader, open.popLast() != byte - 2 {
          return Fault(line: line, reason: "\(UnicodeScalar(byte)) closes nothing")
        }
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

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func endsNumber(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
  }

  /// A bare key, a quoted one, or the end of an empty name, which the parser refuses.
  private static func beginsKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""),
      UInt8(ascii: "'"), UInt8(ascii: "]"):
      true
    default: false
    }
  }

  /// The place after `[` or `[[` and blanks.
  private static func endOfBrackets(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    func endOfBlanks(_ start: Int) -> Int { bytes[start...].firstIndex { !isBlank($0) } ?? bytes.count }
    let place = endOfBlanks(start + 1)
    return place < bytes.count && bytes[place] == UInt8(ascii: "[") ? endOfBlanks(place + 1) : place
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
