// zstd and zlib, one block at a time, into existing room: what a block claims costs nothing by itself.

import CZlib

enum ChunkCodec: String {
  case none
  case zstd
  case zlib

  /// Decompresses one block that claims `target.count` bytes. nil: it holds them; else what is wrong.
  func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, with zstd: ZstdBlocks
  ) throws(TraceReadError) -> String? {
    switch self {
    case .none: "packed, in a file that names no packer"
    case .zstd: try zstd.unpack(source, into: target)
    case .zlib: try unpackZlib(source, target)
    }
  }

  private func unpackZlib(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> String? {
    var count = uLongf(target.count)
    let status = uncompress(
      target.assumingMemoryBound(to: Bytef.self).baseAddress, &count,
      source.assumingMemoryBound(to: Bytef.self).baseAddress, uLong(source.count))
    if status == Z_MEM_ERROR { throw .noMemory }
    if status != Z_OK { return "zlib: \(String(cString: zError(status)))" }
    return count == target.count ? nil : "holds \(count) bytes, not the \(target.count) it claims"
  }
}
