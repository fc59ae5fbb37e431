// gzip: one or more members, decompressed as a stream. The window is 32 KiB, by the format.

import CZlib

final class GzipStream {
  private var stream = z_stream()
  /// Whether the input so far ends between two members; zeros after the last one are padding.
  private(set) var isBetweenMembers = true

  /// The largest window, plus gzip's header and checksum.
  private static let windowBits: Int32 = 15 + 16

  init() throws(TraceReadError) {
    let status = inflateInit2_(&stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status == Z_MEM_ERROR { throw .noMemory }
    if status != Z_OK { fatalError("inflateInit2: \(status)") }
  }

  deinit { inflateEnd(&stream) }

  func step(
    from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> UnpackProgress {
    var progress = UnpackProgress()
    if isBetweenMembers {
      progress.consumed = source.prefix { $0 == 0 }.count
      if progress.consumed == source.count { return progress }
      isBetweenMembers = false
    }
    let rest = UnsafeRawBufferPointer(rebasing: source.dropFirst(progress.consumed))
    try inflate(rest, into: target, &progress)
    return progress
  }

  private func inflate(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, _ progress: inout UnpackProgress
  ) throws(TraceReadError) {
    // zlib counts in 32 bits and reads what its pointer, which is not const, points to.
    let (sourceCount, targetCount) = (UInt32(clamping: source.count), UInt32(clamping: target.count))
    stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
    stream.avail_in = sourceCount
    stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
    stream.avail_out = targetCount
    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
    progress.consumed += Int(sourceCount - stream.avail_in)
    progress.produced = Int(targetCount - stream.avail_out)
    switch status {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END:
      isBetweenMembers = true
      inflateReset(&stream)
    case Z_MEM_ERROR: throw .noMemory
    case _: progress.fault = UnpackProgress.damage(stream.msg.map { String(cString: $0) } ?? "zlib's error \(status)")
    }
  }
}
