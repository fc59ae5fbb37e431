// `print fmt:` of an event's format: how its records are printed.

/// The format, as far as probes and KVM's plain tracepoints need it: text, and numbers of the record (`REC->name`).
struct PrintFormat {
  private let pieces: [Piece]

  private enum Piece {
    case text([UInt8])
    case number(RecordNumber, Conversion)
  }

  /// - Parameter format: the result is nil if it calls a function, prints a string, or names a field that the record
  ///   does not have.
  init?(_ format: EventFormat) {
    var scanner = Scanner(format.printFormat[...])
    guard scanner.skip(UInt8(ascii: "\"")) else { return nil }
    var parts: [Scanner.Part] = []
    while let part = scanner.nextPart() { parts.append(part) }
    guard scanner.skip(UInt8(ascii: "\"")), var names = scanner.arguments()?.makeIterator() else { return nil }
    var pieces: [Piece] = []
    for part in parts {
      switch part {
      case .text(let text): pieces.append(.text(text))
      case .conversion(let conversion):
        guard let number = names.next().flatMap(format.field).flatMap(RecordNumber.init) else { return nil }
        pieces.append(.number(number, conversion))
      }
    }
    guard names.next() == nil else { return nil }
    self.pieces = pieces
  }

  /// Appends the text of a record. False: the record is shorter than its numbers.
  func print(_ record: UnsafeRawBufferPointer, isBigEndian: Bool, to line: inout [UInt8]) -> Bool {
    for piece in pieces {
      switch piece {
      case .text(let text): line += text
      case .number(let number, let conversion):
        guard record.count >= number.end, let start = record.baseAddress else { return false }
        // Read without its sign, as libtraceevent does: `%d` of an s8 that is -1 prints 255.
        let unused = UInt64(64 - 8 * (number.end - number.offset))
        line += conversion.words((number.value(in: start, isBigEndian: isBigEndian) << unused) >> unused)
      }
    }
    return true
  }
}

/// One conversion of printf(3), for whole numbers.
private struct Conversion {
  var isAlternate = false
  var isZeroPadded = false
  var isLeft = false
  var width = 0
  var bits = 32
  /// `d`, `u` or `x`.
  var kind = UInt8(ascii: "d")

  func words(_ value: UInt64) -> [UInt8] {
    let cut = bits == 64 ? value : value & (1 << UInt64(bits) - 1)
    var sign = ""
    let digits: String
    switch kind {
    case UInt8(ascii: "x"):
      digits = String(cut, radix: 16)
      if isAlternate && cut != 0 { sign = "0x" }
    case UInt8(ascii: "u"): digits = String(cut)
    case _:
      let shift = UInt64(64 - bits)
      let signed = Int64(bitPattern: cut << shift) >> Int64(shift)
      digits = String(signed.magnitude)
      if signed < 0 { sign = "-" }
    }
    let padding = max(0, width - sign.utf8.count - digits.utf8.count)
    if isLeft { return Array((sign + digits).utf8) + [UInt8](repeating: 0x20, count: padding) }
    if isZeroPadded { return Array((sign + String(repeating: "0", count: padding) + digits).utf8) }
    return [UInt8](repeating: 0x20, count: padding) + Array((sign + digits).utf8)
  }
}

/// Reads the C literal and the arguments after it.
private struct Scanner {
  private var rest: ArraySlice<UInt8>

  enum Part {
    case text([UInt8])
    case conversion(Conversion)
  }

  init(_ text: ArraySlice<UInt8>) { rest = text }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    return true
  }

  /// nil: the literal ends here, or has unknown contents.
  mutating func nextPart() -> Part? {
    var text: [UInt8] = []
    while let byte = rest.first, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      if byte != UInt8(ascii: "%") {
        text.append(byte)
        rest.removeFirst()
      } else if rest.dropFirst().first == UInt8(ascii: "%") {
        text.append(byte)
        rest.removeFirst(2)
      } else if !text.isEmpty {
        return .text(text)
      } else {
        return conversion().map(Part.conversion)
      }
    }
    return text.isEmpty ? nil : .text(text)
  }

  /// `%#016lx`, `%0Lx`, `%d`.
  private mutating func conversion() -> Conversion? {
    var conversion = Conversion()
    var scanned = rest.dropFirst()
    while let flag = scanned.first {
      switch flag {
      case UInt8(ascii: "#"): conversion.isAlternate = true
      case UInt8(ascii: "0"): conversion.isZeroPadded = true
      case UInt8(ascii: "-"): conversion.isLeft = true
      case _: return finish(&conversion, scanned)
      }
      scanned.removeFirst()
    }
    return nil
  }

  private mutating func finish(_ conversion: inout Conversion, _ begin: ArraySlice<UInt8>) -> Conversion? {
    var scanned = begin
    let digits = scanned.prefix(while: \.isDigit)
    guard digits.count <= 2 else { return nil }
    conversion.width = digits.reduce(0) { $0 * 10 + Int($1 & 0x0f) }
    scanned = scanned.dropFirst(digits.count)
    let size = scanned.prefix { [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains($0) }
    switch String(decoding: size, as: UTF8.self) {
    case "": conversion.bits = 32
    case "h": conversion.bits = 16
    case "hh": conversion.bits = 8
    // The recorded kernels are 64-bit.
    case "l", "ll", "L": conversion.bits = 64
    case _: return nil
    }
    scanned = scanned.dropFirst(size.count)
    guard let kind = scanned.popFirst() else { return nil }
    switch kind {
    case UInt8(ascii: "i"): conversion.kind = UInt8(ascii: "d")
    case UInt8(ascii: "d"), UInt8(ascii: "u"), UInt8(ascii: "x"): conversion.kind = kind
    case _: return nil
    }
    rest = scanned
    return conversion
  }

  /// The names after `REC->`; nil if an argument is anything else.
  func arguments() -> [String]? {
    var names: [String] = []
    for part in rest.split(separator: UInt8(ascii: ",")) {
      let argument = part.drop { $0 == 0x20 }
      guard argument.starts(with: "REC->".utf8) else { return nil }
      let name = argument.dropFirst(5)
      guard !name.isEmpty, name.allSatisfy(Self.isOfName) else { return nil }
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    case _ where byte.isDigit: true
    case _: false
    }
  }
}
