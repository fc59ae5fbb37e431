// JSON as far as bpftrace's lines need it: objects of strings and numbers; deeper levels are skipped.

struct JSONScanner {
  private var place: UnsafeRawPointer
  private let end: UnsafeRawPointer
  /// Objects within objects that are followed.
  private static let depthMax = 16

  enum Value {
    case string([UInt8])
    case number([UInt8])
    case object([String: Value])
    /// An array, a literal.
    case other
  }

  /// - Parameter line: may be several, where an object is printed so.
  init(_ line: Line) {
    place = line.start
    end = line.end
  }

  /// The one object; nil: it is not one, or something follows it.
  mutating func object() -> [String: Value]? {
    guard case .object(let members)? = value(depth: 0) else { return nil }
    skipSpace()
    return place == end ? members : nil
  }

  private mutating func value(depth: Int) -> Value? {
    skipSpace()
    guard place < end, depth < Self.depthMax else { return nil }
    switch place.byte {
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "{"): return members(depth: depth).map { .object($0) }
    case UInt8(ascii: "["): return skipElements(depth: depth) ? .other : nil
    case UInt8(ascii: "-"), 0x30...0x39: return .number(word())
    case _: return word().isEmpty ? nil : .other
    }
  }

  private mutating func members(depth: Int) -> [String: Value]? {
    place += 1
    var members: [String: Value] = [:]
    if takes("}") { return members }
    repeat {
      skipSpace()
      guard place < end, place.byte == UInt8(ascii: "\""), let key = string(), takes(":"),
        let value = value(depth: depth + 1)
      else { return nil }
      members[String(decoding: key, as: UTF8.self)] = value
    } while takes(",")
    return takes("}") ? members : nil
  }

  private mutating func skipElements(depth: Int) -> Bool {
    place += 1
    if takes("]") { return true }
    repeat {
      if value(depth: depth + 1) == nil { return false }
    } while takes(",")
    return takes("]")
  }

  /// The bytes of a string, its escapes resolved.
  private mutating func string() -> [UInt8]? {
    place += 1
    var bytes: [UInt8] = []
    while place < end {
      let byte = place.byte
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return bytes
      case UInt8(ascii: "\\"): if !resolveEscape(into: &bytes) { return nil }
      case _: bytes.append(byte)
      }
    }
    return nil
  }

  private mutating func resolveEscape(into bytes: inout [UInt8]) -> Bool {
    guard place < end else { return false }
    let byte = place.byte
    place += 1
    switch byte {
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "u"):
      guard let unit = codeUnit(), let scalar = scalar(unit) else { return false }
      bytes += Array(String(scalar).utf8)
    case _: return false
    }
    return true
  }

  /// The four hex digits after `\u`.
  private mutating func codeUnit() -> UInt16? {
    guard end - place >= 4 else { return nil }
    let digits = String(decoding: UnsafeRawBufferPointer(start: place, count: 4), as: UTF8.self)
    place += 4
    return UInt16(digits, radix: 16)
  }

  private mutating func scalar(_ unit: UInt16) -> Unicode.Scalar? {
    guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
    guard skip("\\u", &place, end), let trail = codeUnit(), UTF16.isTrailSurrogate(trail) else { return nil }
    return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
  }

  private mutating func word() -> [UInt8] {
    let start = place
    while place < end, place.byte.isJSONWord { place += 1 }
    return Array(UnsafeRawBufferPointer(start: start, count: place - start))
  }

  private mutating func takes(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    return skip(UInt8(ascii: byte), &place, end)
  }

  private mutating func skipSpace() {
    while place < end, place.byte == 0x20 || (0x09...0x0d).contains(place.byte) { place += 1 }
  }
}

extension JSONScanner.Value {
  var text: String? {
    if case .string(let bytes) = self { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }

  /// A number, or a string that spells one.
  var number: UInt64? {
    switch self {
    case .string(let bytes), .number(let bytes): UInt64(String(decoding: bytes, as: UTF8.self))
    case .object, .other: nil
    }
  }

  subscript(key: String) -> Self? {
    if case .object(let members) = self { return members[key] }
    return nil
  }
}

extension UInt8 {
  fileprivate var isJSONWord: Bool {
    isDigit || (0x61...0x7a).contains(self) || (0x41...0x5a).contains(self) || self == UInt8(ascii: "-")
      || self == UInt8(ascii: "+") || self == UInt8(ascii: ".")
  }
}
