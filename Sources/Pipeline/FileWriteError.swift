// A complete write of an output file.

import Glibc

/// Why the file was not written.
package struct FileWriteError: Error {
  package let errno: Int32
}

/// Writes all bytes, however many calls it takes.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(FileWriteError) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    if count <= 0 { throw FileWriteError(errno: errno) }
    rest = rest.dropFirst(count)
  }
}
