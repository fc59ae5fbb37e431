// One event's format, as tracefs describes it: `events/SYSTEM/EVENT/format`.

/// Read leniently: what cannot be parsed is dropped, and reported where it is needed.
struct EventFormat {
  private(set) var name = ""
  private(set) var id: Int?
  private(set) var fields: [Field] = []
  /// The text after `print fmt:`; empty if there is none.
  private(set) var printFormat: [UInt8] = []

  struct Field: Equatable {
    let name: String
    /// Bytes from the record's begin.
    let offset: Int
    let size: Int
    let isSigned: Bool
    /// One number, not an array or data elsewhere in the record (`__data_loc`).
    let isNumber: Bool
    /// The record has its position here (`__data_loc`).
    let isElsewhere: Bool
  }

  /// Records are shorter than this: a page is their limit.
  private static let recordMax = DatBuffer.pageBytesMax

  init(_ text: [UInt8]) {
    for line in text.split(separator: UInt8(ascii: "\n")) {
      if line.first == UInt8(ascii: "\t") {
        if let field = Self.field(line.dropFirst()) { fields.append(field) }
      } else if line.starts(with: "name: ".utf8) {
        name = String(decoding: line.dropFirst(6), as: UTF8.self)
      } else if line.starts(with: "ID: ".utf8) {
        id = Self.number(line.dropFirst(4))
      } else if line.starts(with: "print fmt:".utf8) {
        printFormat = Array(line.dropFirst(10).drop { $0 == UInt8(ascii: " ") })
        return
      }
    }
  }

  /// `field:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;`
  private static func field(_ line: ArraySlice<UInt8>) -> Field? {
    let parts = line.split(separator: UInt8(ascii: ";"))
    guard parts.count >= 3, parts[0].starts(with: "field".utf8),
      let colon = parts[0].firstIndex(of: UInt8(ascii: ":")),
      let offset = value("offset:", parts[1]), let size = value("size:", parts[2])
    else { return nil }
    let isSigned = parts.count > 3 && value("signed:", parts[3]) == 1
    let declaration = parts[0][(colon + 1)...]
    let bracket = declaration.lastIndex(of: UInt8(ascii: "["))
    let isArray = bracket != nil && declaration.last == UInt8(ascii: "]")
    let words = declaration[..<(isArray ? bracket ?? declaration.endIndex : declaration.endIndex)]
      .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }
    guard let name = words.last else { return nil }
    let isElsewhere = words[0].elementsEqual("__data_loc".utf8) || words[0].elementsEqual("__rel_loc".utf8)
    return Field(
      name: String(decoding: name, as: UTF8.self), offset: offset, size: size, isSigned: isSigned,
      isNumber: !isArray && !isElsewhere && [1, 2, 4, 8].contains(size), isElsewhere: isElsewhere)
  }

  private static func value(_ key: String, _ part: ArraySlice<UInt8>) -> Int? {
    let trimmed = part.drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
    guard trimmed.starts(with: key.utf8) else { return nil }
    return number(trimmed.dropFirst(key.utf8.count))
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy(\.isDigit) else { return nil }
    let value = digits.reduce(0) { $0 * 10 + Int($1 & 0x0f) }
    return value <= recordMax ? value : nil
  }

  /// The field of this name; nil if the format has none.
  func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
