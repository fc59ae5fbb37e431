// A file that is deleted with its descriptor: for recordings that need random access.

import FileSystem
import Glibc

final class TemporaryFile {
  private let descriptor: Int32
  private let bytesMax: Int64
  private var bytes: Int64 = 0
  private var isHandedOn = false

  init(bytesMax: Int64) throws(TraceReadError) {
    do throws(SystemCallError) { descriptor = try namelessFile() } catch { throw .cannotSpool(errno: error.errno) }
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
