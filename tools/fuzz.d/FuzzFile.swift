// The readers take files: the bytes go through one that is gone with the process.

import Glibc
import TraceReaders

enum FuzzFile {
  private static let descriptor: CInt = {
    var path = Array("/tmp/gpc-replay-fuzz-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    precondition(descriptor >= 0, "a temporary file cannot be made")
    unlink(path)
    return descriptor
  }()

  static var path: String { "/proc/self/fd/\(descriptor)" }
  static var input: TraceInput { .file(path: path) }

  static func bytes(of path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    precondition(descriptor >= 0, "\(path) can be opened")
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    precondition(pread(descriptor, &bytes, bytes.count, 0) == bytes.count, "\(path) can be read")
    return bytes
  }

  /// Puts the bytes in place of what was there.
  static func write(_ bytes: UnsafeRawBufferPointer) {
    precondition(ftruncate(descriptor, 0) == 0, "a temporary file cannot be emptied")
    precondition(pwrite(descriptor, bytes.baseAddress, bytes.count, 0) == bytes.count, "a temporary file is full")
  }
}
