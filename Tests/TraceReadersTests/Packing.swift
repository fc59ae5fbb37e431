// Texts packed by the libraries' own compressors.

import CLzma
import CZlib
import Renderings

/// One gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let status = deflateInit2_(
    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  precondition(status == Z_OK, "deflateInit2: \(status)")
  defer { deflateEnd(&stream) }
  var input = bytes
  return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { block, count in
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = block.baseAddress
      stream.avail_out = UInt32(block.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate")
    }
    count = block.count - Int(stream.avail_out)
  }
}

/// One xz stream.
func xz(_ bytes: [UInt8]) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: lzma_stream_buffer_bound(bytes.count)) { block, count in
    let status = lzma_easy_buffer_encode(
      6, LZMA_CHECK_CRC64, nil, bytes, bytes.count, block.baseAddress, &count, block.count)
    precondition(status == LZMA_OK, "lzma_easy_buffer_encode: \(status)")
  }
}

/// A tar archive with one file: its head is what tells it.
func tar(_ bytes: [UInt8]) -> [UInt8] {
  var head = [UInt8](repeating: 0, count: 512)
  head.replaceSubrange(0..<9, with: Array("trace.txt".utf8))
  head.replaceSubrange(257..<262, with: Array("ustar".utf8))
  return head + bytes + [UInt8](repeating: 0, count: 1024)
}

enum Packing: String, CaseIterable {
  case zstd, gzip, xz

  func pack(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .zstd: Renderings.zstd(bytes)
    case .gzip: TraceReadersTests.gzip(bytes)
    case .xz: TraceReadersTests.xz(bytes)
    }
  }
}
