// An output file that is there whole or not at all.

import Glibc

/// A file that is filled under another name beside its own, and renamed once it is complete. A pipe or a device is
/// written to directly.
package final class OutputFile {
  private let path: String
  /// nil: it is written to directly.
  private let partial: String?
  private let descriptor: Int32
  private var isOpen = true

  /// - Parameter path: `-` for standard output.
  package init(_ path: String) throws(FileWriteError) {
    self.path = path
    if path == "-" {
      partial = nil
      descriptor = dup(STDOUT_FILENO)
    } else if Self.isSpecial(path) {
      partial = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let name = "\(path).partial.\(getpid())"
      partial = name
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw FileWriteError(errno: errno) }
  }

  /// A directory is none: the rename would say so only at the end.
  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  package func write(_ bytes: [UInt8]) throws(FileWriteError) { try writeAll(bytes, to: descriptor) }

  /// It gets its name.
  package func finish() throws(FileWriteError) {
    isOpen = false
    guard close(descriptor) == 0 else { throw failure() }
    if let partial, rename(partial, path) != 0 { throw failure() }
  }

  private func failure() -> FileWriteError {
    let error = FileWriteError(errno: errno)
    if let partial { unlink(partial) }
    return error
  }

  /// One that was not finished is removed.
  deinit {
    guard isOpen else { return }
    close(descriptor)
    if let partial { unlink(partial) }
  }
}
