// zstd: whole frames, each decompressed in one go, with one context for all of them.

import CZstd

final class ZstdBlocks {
  private let context: OpaquePointer

  init() throws(TraceReadError) {
    guard let created = ZSTD_createDCtx() else { throw .noMemory }
    context = created
  }

  deinit { ZSTD_freeDCtx(context) }

  /// Decompresses frames that hold `target.count` bytes. nil: they do; else what is wrong.
  func unpack(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> String? {
    let count = ZSTD_decompressDCtx(context, target.baseAddress, target.count, source.baseAddress, source.count)
    if ZSTD_isError(count) != 0, ZSTD_getErrorCode(count) == ZSTD_error_memory_allocation { throw .noMemory }
    if ZSTD_isError(count) != 0 { return "zstd: \(String(cString: ZSTD_getErrorName(count)))" }
    return count == target.count ? nil : "holds \(count) bytes, not the \(target.count) it claims"
  }
}
