// zstd: one or more frames, decompressed as a stream.

import CZstd

final class ZstdStream {
  private let stream: OpaquePointer
  /// Whether the input so far ends between two frames.
  private(set) var isBetweenFrames = true
  /// Bytes that zstd requests next: up to the end of a block. With more at once a damaged block would lose those before
  /// it in the same step, since a failed step does not report its output.
  private var wanted: Int
  /// What zstd requests of a new frame.
  private let wantedOfFrame: Int

  /// The largest window a frame may ask for, as a power of 2: 128 MiB, zstd's own bound.
  private static let windowLogMax: Int32 = 27

  init() throws(TraceReadError) {
    guard let created = ZSTD_createDStream() else { throw .noMemory }
    stream = created
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogMax)
    wantedOfFrame = ZSTD_initDStream(stream)
    wanted = wantedOfFrame
  }

  deinit { ZSTD_freeDStream(stream) }

  func step(
    from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> UnpackProgress {
    var input = ZSTD_inBuffer(src: source.baseAddress, size: min(source.count, wanted), pos: 0)
    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    let hint = ZSTD_decompressStream(stream, &output, &input)
    var progress = UnpackProgress(consumed: input.pos, produced: output.pos)
    if ZSTD_isError(hint) != 0 {
      if ZSTD_getErrorCode(hint) == ZSTD_error_memory_allocation { throw .noMemory }
      progress.fault =
        ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge
        ? UnpackProgress.tooLargeAWindow(max: 1 << UInt64(Self.windowLogMax))
        : UnpackProgress.damage(String(cString: ZSTD_getErrorName(hint)))
    } else if input.pos > 0 || output.pos > 0 {
      // A step that did nothing requests the next frame's header, whether there is one or not.
      isBetweenFrames = hint == 0
      wanted = hint == 0 ? wantedOfFrame : hint
    }
    return progress
  }
}
