// A file that is deleted with its descriptor: for recordings that need random access.

import Glibc

final class TemporaryFile {
  private let descriptor: Int32
  private let bytesMax: Int64
  private var bytes: Int64 = 0
  private var isHandedOn = false

  init(bytesMax: Int64) throws(TraceReadError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array("\(folder)/gpc-replay-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    if descriptor < 0 { throw .cannotSpool(errno: errno) }
    unlink(path)
    self.bytesMax = bytesMax
  }

  deinit {
    if !isHandedOn { close(descriptor) }
  }

  func append(_ block: UnsafeRawBufferPointer) throws(TraceReadError) {
    if bytes + Int64(block.count) > bytesMax { throw .unpackedTooLarge(bytesMax: bytesMax) }
    var rest = block
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw .cannotSpool(errno: errno) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    bytes += Int64(block.count)
  }

  /// The file for reading; nothing is appended after this.
  func finish() -> RandomAccessFile {
    isHandedOn = true
    return RandomAccessFile(owning: descriptor, size: bytes)
  }
}
