// One section of a 64-bit little-endian ELF file, by its name.

enum ELFSection {
  static let headBytes = 64
  private static let entryBytes = 64

  static func isELF(_ head: [UInt8]) -> Bool { head.starts(with: [0x7f, 0x45, 0x4c, 0x46]) }

  /// The section's bytes; nil: there is none of this name.
  static func find(_ name: String, in file: BoundedFile, head: [UInt8]) throws(BTFFault) -> [UInt8]? {
    guard head.count == headBytes else { throw .truncated }
    guard head[4] == 2, head[5] == 1 else { throw .otherByteOrder }
    guard let table = Int(exactly: long(head, 0x28)), table <= .max / 2 else { throw .truncated }
    let count = Int(short(head, 0x3c))
    let namesIndex = Int(short(head, 0x3e))
    guard Int(short(head, 0x3a)) == entryBytes, namesIndex < count else { throw .noSection }
    let entries = try read(file, table, count * entryBytes)
    let names = try contents(of: namesIndex, entries, file, bytesMax: 1 << 20)
    for index in 0..<count {
      let place = Int(BTF.word(entries, index * entryBytes))
      if place < names.count, names[place...].starts(with: Array(name.utf8) + [0]) {
        return try contents(of: index, entries, file, bytesMax: BTF.bytesMax)
      }
    }
    return nil
  }

  private static func contents(
    of index: Int, _ entries: [UInt8], _ file: BoundedFile, bytesMax: Int
  ) throws(BTFFault) -> [UInt8] {
    let entry = index * entryBytes
    guard let offset = Int(exactly: long(entries, entry + 0x18)), offset <= .max / 2,
      let count = Int(exactly: long(entries, entry + 0x20))
    else { throw .truncated }
    guard count <= bytesMax else { throw .tooLarge }
    return try read(file, offset, count)
  }

  private static func read(_ file: BoundedFile, _ offset: Int, _ count: Int) throws(BTFFault) -> [UInt8] {
    guard let bytes = try? file.bytes(at: offset, count: count), bytes.count == count else { throw .truncated }
    return bytes
  }

  private static func short(_ bytes: [UInt8], _ place: Int) -> UInt16 {
    UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8
  }

  private static func long(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    UInt64(BTF.word(bytes, place)) | UInt64(BTF.word(bytes, place + 4)) << 32
  }
}
