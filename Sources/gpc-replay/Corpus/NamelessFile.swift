// Bytes that the stages read as a file, and that leave nothing behind.

import Glibc

/// A temporary file without a name; there as long as this lives.
final class NamelessFile {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/gpc-replay-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw Self.noRoom(folder) }
    unlink(name)
    guard Output.write(bytes, to: descriptor) == .written else { throw Self.noRoom(folder) }
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }

  private static func noRoom(_ folder: String) -> any Error {
    fail("\(folder) has no room for the cut: \(String(cString: strerror(errno))).")
  }
}
