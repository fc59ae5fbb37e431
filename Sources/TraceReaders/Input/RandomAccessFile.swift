// A file with random access: a trace.dat has offsets in both directions.

import FileSystem
import Glibc

final class RandomAccessFile {
  private let descriptor: Int32
  /// Bytes of the file when it was opened.
  let size: Int64

  /// Takes ownership of the descriptor of a regular file.
  init(owning descriptor: Int32, size: Int64) {
    self.descriptor = descriptor
    self.size = size
  }

  deinit { close(descriptor) }

  /// Bytes put at the start of `block`; fewer than it holds only at the end of the file.
  func read(at offset: Int64, into block: UnsafeMutableRawBufferPointer) throws(TraceReadError) -> Int {
    do throws(SystemCallError) {
      return try FileSystem.read(descriptor, at: offset, into: block, "")
    } catch {
      throw .readFailed(errno: error.errno)
    }
  }

  /// The bytes of a range in the file; nil: it is not, or no longer.
  func bytes(at offset: Int64, count: Int) throws(TraceReadError) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset <= size, Int64(count) <= size - offset else { return nil }
    var block = [UInt8](repeating: 0, count: count)
    let read: Int = try block.withUnsafeMutableBufferPointer { bytes throws(TraceReadError) -> Int in
      try self.read(at: offset, into: UnsafeMutableRawBufferPointer(bytes))
    }
    return read == count ? block : nil
  }

  /// The hash of the file's bytes.
  func contentHash() throws(TraceReadError) -> ContentHash {
    var hasher = ContentHash.Hasher()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { block.deallocate() }
    var offset: Int64 = 0
    while true {
      let count = try read(at: offset, into: block)
      hasher.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
      offset += Int64(count)
      if count < block.count { return hasher.finish() }
    }
  }
}
