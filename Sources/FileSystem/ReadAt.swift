// Reading at a place of a file.

import Glibc

/// Bytes of a file from `offset` on, put at the start of `block`: fewer than it holds only at the end of the file. The
/// kernel may give a part of what is asked for, over a network file system for one.
/// - Parameter path: of the file, for the error.
package func read(
  _ descriptor: Int32, at offset: Int64, into block: UnsafeMutableRawBufferPointer, _ path: String
) throws(SystemCallError) -> Int {
  var filled = 0
  while filled < block.count, let start = block.baseAddress {
    let count = pread(descriptor, start + filled, block.count - filled, off_t(offset) + off_t(filled))
    if count == 0 { break }
    if count > 0 {
      filled += count
    } else if errno != EINTR {
      throw SystemCallError("pread", path)
    }
  }
  return filled
}
