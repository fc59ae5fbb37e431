// The head of a blob of BTF: which of its bytes are types and which are strings.

struct BTFHeader {
  let types: Range<Int>
  let strings: Range<Int>

  private static let magic: UInt32 = 0xeb9f
  private static let bytesMin = 24

  init(_ bytes: [UInt8]) throws(BTFFault) {
    guard bytes.count >= 2 else { throw .notBTF }
    let magic = UInt32(bytes[0]) | UInt32(bytes[1]) << 8
    if magic == 0x9feb { throw .otherByteOrder }
    guard magic == Self.magic else { throw .notBTF }
    guard bytes.count >= Self.bytesMin else { throw .truncated }
    if bytes[2] != 1 { throw .version(bytes[2]) }
    // A longer head is a younger one: what it adds is not needed here.
    let length = Int(BTF.word(bytes, 4))
    guard length >= Self.bytesMin, length <= bytes.count else { throw .truncated }
    types = try Self.section(bytes, at: 8, behind: length)
    strings = try Self.section(bytes, at: 16, behind: length)
  }

  /// `u32 offset, u32 length`; the offset counts from the end of the head.
  private static func section(_ bytes: [UInt8], at place: Int, behind head: Int) throws(BTFFault) -> Range<Int> {
    let start = head + Int(BTF.word(bytes, place))
    let count = Int(BTF.word(bytes, place + 4))
    guard start <= bytes.count, count <= bytes.count - start else { throw .truncated }
    return start..<start + count
  }
}
