// The numbers in an event's fields, with their positions and meanings.

import KVMEvents
import TraceReaders

/// The meaning of a number in a text for an anonymiser.
enum NumberUse: Equatable {
  /// `struct kvm *` and the like, and whatever looks like one.
  case kernel
  case user
  case pfn
  /// Says nothing about the host: a guest address, a count, a flag.
  case plain
  /// No key shows the meaning: its value has to.
  case untold

  init(_ field: EventField) {
    switch field {
    case .kvm, .gpc, .mn, .mm, .khva: self = .kernel
    case .uhva, .oldUhva, .start, .end: self = .user
    case .pfn: self = .pfn
    case .gpa, .oldGpa, .activeInvalidations, .seq, .mmuSeq, .ret, .active, .valid, .len, .generation, .slotsGeneration,
      .flags, .mnEvent, .slot, .write:
      self = .plain
    }
  }
}

/// A number as it is printed.
struct NumberWord: Equatable {
  enum Notation: Equatable {
    /// `0x12`, in at least so many digits.
    case prefixed(digits: Int)
    /// `ffffffffc07eafa4`, as probes print addresses of code.
    case bare
    case decimal
  }

  let range: Range<Int>
  let value: UInt64
  let notation: Notation
  /// The text before it, as in `uhva=`; nil: none.
  let key: String?

  func text(_ value: UInt64) -> [UInt8] {
    switch notation {
    case .decimal: return Array(String(value).utf8)
    case .bare: return Self.hex(value, digits: 16)
    case .prefixed(let digits): return Array("0x".utf8) + Self.hex(value, digits: digits)
    }
  }

  private static func hex(_ value: UInt64, digits: Int) -> [UInt8] {
    let text = String(value, radix: 16)
    return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
  }

  /// The numbers of `line` from `start` on.
  static func all(in line: [UInt8], from start: Int) -> [NumberWord] {
    var words: [NumberWord] = []
    var place = start
    var key: String?
    while place < line.count {
      guard isWord(line[place]) else {
        // A key is recognised by the sign right after it.
        if line[place] != UInt8(ascii: "=") { key = nil }
        place += 1
        continue
      }
      var end = place
      while end < line.count, isWord(line[end]) { end += 1 }
      let isNegative = place > start && line[place - 1] == UInt8(ascii: "-")
      if end < line.count, line[end] == UInt8(ascii: "=") {
        key = String(decoding: line[place..<end], as: UTF8.self)
      } else if !isNegative, let word = NumberWord(line, place..<end, key) {
        words.append(word)
      }
      place = end
    }
    return words
  }

  private init?(_ line: [UInt8], _ range: Range<Int>, _ key: String?) {
    let text = String(decoding: line[range], as: UTF8.self)
    if text.hasPrefix("0x"), let value = UInt64(text.dropFirst(2), radix: 16) {
      self.init(range: range, value: value, notation: .prefixed(digits: text.count - 2), key: key)
    } else if text.count == 16, text.hasPrefix("ff"), let value = UInt64(text, radix: 16) {
      self.init(range: range, value: value, notation: .bare, key: key)
    } else if let value = UInt64(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      self.init(range: range, value: value, notation: .decimal, key: key)
    } else {
      return nil
    }
  }

  private init(range: Range<Int>, value: UInt64, notation: Notation, key: String?) {
    (self.range, self.value, self.notation, self.key) = (range, value, notation, key)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    case _: false
    }
  }
}
