// Packs bytes as `zstd` does.

import CZstd

/// One zstd frame, in blocks that are flushed every `flush` bytes.
package func zstd(_ bytes: [UInt8], flush: Int = .max) -> [UInt8] {
  let stream = ZSTD_createCStream()
  defer { ZSTD_freeCStream(stream) }
  return [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count) + bytes.count + 1024) { block, count in
    var output = ZSTD_outBuffer(dst: block.baseAddress, size: block.count, pos: 0)
    bytes.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: 0, pos: 0)
      while input.size < bytes.count {
        input.size += min(flush, bytes.count - input.size)
        ZSTD_compressStream2(stream, &output, &input, ZSTD_e_flush)
      }
      ZSTD_compressStream2(stream, &output, &input, ZSTD_e_end)
    }
    count = output.pos
  }
}
