// A recording that has to be read from any place: the file itself, or a temporary one that a packed one or a pipe goes into.

import Glibc

struct SeekableInput {
  let file: RandomAccessFile
  /// What was read instead of the file, where it is a temporary one.
  let packed: Packed?
  /// Why not all of it could be unpacked, as a sentence.
  let breakOff: String?

  struct Packed {
    let hash: ContentHash
    let bytes: Int64
  }
}

extension TextPipeline {
  /// The same input for a reader that needs to seek.
  consuming func seekable(bytesMax: Int64) throws(TraceReadError) -> SeekableInput {
    if let file = try source.randomAccessFile() { return SeekableInput(file: file, packed: nil, breakOff: nil) }
    let descriptor = try Self.unlinkedFile()
    var written: Int64 = 0
    do throws(TraceReadError) {
      try Self.append(splitter.undelivered, to: descriptor, &written, bytesMax: bytesMax)
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
      defer { block.deallocate() }
      while case let count = try source.read(into: block), count > 0 {
        try Self.append(UnsafeRawBufferPointer(rebasing: block[..<count]), to: descriptor, &written, bytesMax: bytesMax)
      }
    } catch {
      close(descriptor)
      throw error
    }
    return SeekableInput(
      file: RandomAccessFile(owning: descriptor, size: written),
      packed: SeekableInput.Packed(hash: source.contentHash, bytes: source.bytesRead),
      breakOff: source.breakOff)
  }

  /// A file that is gone with its descriptor.
  private static func unlinkedFile() throws(TraceReadError) -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array("\(folder)/gpc-replay-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    if descriptor < 0 { throw .cannotSpool(errno: errno) }
    unlink(path)
    return descriptor
  }

  private static func append(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ written: inout Int64, bytesMax: Int64
  ) throws(TraceReadError) {
    if written + Int64(bytes.count) > bytesMax { throw .unpackedTooLarge(bytesMax: bytesMax) }
    var rest = bytes
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw .cannotSpool(errno: errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    written += Int64(bytes.count)
  }
}
