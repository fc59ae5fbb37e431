// xz: one or more streams, decompressed as one.

import CLzma

final class XzStream {
  private var stream = lzma_stream()
  /// Whether the input so far ends between two streams; zeros after the last one are padding.
  private(set) var isBetweenStreams = true

  /// Bytes that the decoder may take: `xz -9` needs 65 MiB, a file may ask for 4 GiB.
  private static let memoryMax: UInt64 = 128 << 20

  init() throws(TraceReadError) {
    try begin()
  }

  deinit { lzma_end(&stream) }

  private func begin() throws(TraceReadError) {
    let status = lzma_stream_decoder(&stream, Self.memoryMax, 0)
    if status == LZMA_MEM_ERROR { throw .noMemory }
    if status != LZMA_OK { fatalError("lzma_stream_decoder: \(status.rawValue)") }
  }

  func step(
    from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> UnpackProgress {
    var progress = UnpackProgress()
    if isBetweenStreams {
      progress.consumed = source.prefix { $0 == 0 }.count
      if progress.consumed == source.count { return progress }
      isBetweenStreams = false
    }
    let rest = UnsafeRawBufferPointer(rebasing: source.dropFirst(progress.consumed))
    stream.next_in = rest.bindMemory(to: UInt8.self).baseAddress
    stream.avail_in = rest.count
    stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = target.count
    let status = lzma_code(&stream, LZMA_RUN)
    progress.consumed += rest.count - stream.avail_in
    progress.produced = target.count - stream.avail_out
    if status == LZMA_STREAM_END {
      isBetweenStreams = true
      try begin()
    } else if status == LZMA_MEM_ERROR {
      throw .noMemory
    } else if status != LZMA_OK, status != LZMA_BUF_ERROR {
      progress.fault = Self.fault(for: status)
    }
    return progress
  }

  private static func fault(for status: lzma_ret) -> String {
    switch status {
    case LZMA_MEMLIMIT_ERROR: UnpackProgress.tooLargeAWindow(max: memoryMax)
    case LZMA_FORMAT_ERROR: UnpackProgress.damage("no xz stream follows")
    case LZMA_OPTIONS_ERROR: UnpackProgress.damage("options that this liblzma does not know")
    case LZMA_DATA_ERROR: UnpackProgress.damage("data error")
    case _: UnpackProgress.damage("liblzma's error \(status.rawValue)")
    }
  }
}
