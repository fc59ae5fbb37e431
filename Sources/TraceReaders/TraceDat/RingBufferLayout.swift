// How the recorded kernel lays out a page of its ring buffer, according to its `events/header_page`.

struct RingBufferLayout {
  /// The offset of the commit word: bytes in the page, and whether events were lost before it.
  let commitOffset: Int
  /// 4 or 8: the kernel's `long`.
  let commitBytes: Int
  let dataOffset: Int
  let isBigEndian: Bool

  /// - Parameter text: of `header_page`; empty in files of old kernels, where the user space's `long` has to do.
  init(headerPage text: [UInt8], longBytes: Int, isBigEndian: Bool) throws(TraceReadError) {
    let fields = EventFormat(text).fields
    let commit = fields.first { $0.name == "commit" }
    let data = fields.first { $0.name == "data" }
    commitOffset = commit?.offset ?? 8
    commitBytes = commit?.size ?? longBytes
    dataOffset = data?.offset ?? 8 + longBytes
    self.isBigEndian = isBigEndian
    guard commitBytes == 4 || commitBytes == 8, commitOffset >= 8, commitOffset + commitBytes <= dataOffset,
      dataOffset <= 64
    else { throw .part(.odd(.layout)) }
  }
}
