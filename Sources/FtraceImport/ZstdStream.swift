// zstd: one or more frames, unpacked as a stream.

import CZstd

final class ZstdStream {
  private let stream: OpaquePointer
  /// Whether the input so far ends between two frames.
  private(set) var isBetweenFrames = true
  /// Bytes that zstd wants next: up to the end of a block. More at once would lose, with a damaged block, those before it in the
  /// same step, for a step that fails does not say what it produced.
  private var wanted: Int
  /// What zstd wants of a new frame.
  private let wantedOfFrame: Int

  /// What one step did.
  struct Progress {
    var consumed = 0
    var produced = 0
    /// zstd's own words for what is wrong with the stream.
    var error: String?
  }

  init() {
    guard let created = ZSTD_createDStream() else { fatalError("ZSTD_createDStream: out of memory") }
    stream = created
    wantedOfFrame = ZSTD_initDStream(stream)
    wanted = wantedOfFrame
  }

  deinit { ZSTD_freeDStream(stream) }

  func step(from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Progress {
    var input = ZSTD_inBuffer(src: source.baseAddress, size: min(source.count, wanted), pos: 0)
    var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
    let hint = ZSTD_decompressStream(stream, &output, &input)
    var progress = Progress(consumed: input.pos, produced: output.pos)
    if ZSTD_isError(hint) != 0 {
      progress.error = String(cString: ZSTD_getErrorName(hint))
    } else if input.pos > 0 || output.pos > 0 {
      // A step that did nothing asks for the next frame's head, whether there is one or not.
      isBetweenFrames = hint == 0
      wanted = hint == 0 ? wantedOfFrame : hint
    }
    return progress
  }
}
