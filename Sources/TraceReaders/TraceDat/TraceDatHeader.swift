// The first bytes of a trace.dat: version, byte order, page size, codec.

struct TraceDatHeader {
  static let magic: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing".utf8)

  let version: Int
  let isBigEndian: Bool
  /// Bytes of the recorded user space's `long`; the kernel's is in the description of the ring buffer.
  let longBytes: Int
  /// Bytes of a page of the recorded machine. Version 7 gives each buffer's own.
  let pageBytes: UInt32
  let codec: ChunkCodec
  /// The offset of the first list of options (7), or of the next part (6).
  let next: Int64

  init(_ file: RandomAccessFile) throws(TraceReadError) {
    var cursor = RecordCursor(file, at: 0, isBigEndian: false, part: .header)
    if try cursor.bytes(Self.magic.count) != Self.magic { throw .part(.odd(.header)) }
    let version = try cursor.string()
    guard version == "6" || version == "7" else { throw .part(.version(String(version.prefix(20)))) }
    let order = try cursor.bytes(2)
    guard order[0] <= 1, order[1] == 4 || order[1] == 8 else { throw .part(.odd(.header)) }
    isBigEndian = order[0] == 1
    longBytes = Int(order[1])
    cursor = RecordCursor(file, at: cursor.place, isBigEndian: isBigEndian, part: .header)
    pageBytes = try cursor.number(UInt32.self)
    if version == "6" {
      (self.version, codec, next) = (6, .none, cursor.place)
      return
    }
    let name = try cursor.string()
    _ = try cursor.string()
    guard let codec = ChunkCodec(rawValue: name) else { throw .part(.compression(String(name.prefix(20)))) }
    let options = try cursor.number(UInt64.self)
    guard options < UInt64(file.size) else { throw .part(.cutOff(.options)) }
    (self.version, self.codec, next) = (7, codec, Int64(options))
  }
}
