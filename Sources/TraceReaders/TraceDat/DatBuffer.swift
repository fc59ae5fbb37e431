// One buffer of the recording: the top one, or an instance (`-B`).

struct DatBuffer {
  /// Empty for the top buffer.
  let name: String
  /// The clock's name in the file; empty if it has none.
  let clock: String
  /// Bytes of a page of this ring buffer.
  let pageBytes: Int
  let codec: ChunkCodec
  /// The data are compressed chunks; else they are pages as recorded.
  let isPacked: Bool
  let cpus: [CPU]

  /// The position of a CPU's data in the file.
  struct CPU {
    let number: Int32
    let offset: UInt64
    /// Bytes there; for compressed data without the count of chunks before them.
    let bytes: UInt64
  }

  /// More than any page of a ring buffer: `buffer_subbuf_size_kb` is a power of two of kernel pages.
  static let pageBytesMax = 1 << 20

  static func isPage(_ bytes: UInt32) -> Bool { bytes >= 64 && bytes <= pageBytesMax }
}
