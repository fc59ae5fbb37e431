// An output file that is there whole or not at all.

import Glibc

/// A file that is filled under another name beside its own, and renamed once it is complete. A pipe or a device is
/// written to directly.
package final class OutputFile {
  /// Where it will be; symbolic links followed, so that the rename does not replace one.
  private let path: String
  /// nil: it is written to directly.
  private let partial: String?
  private let descriptor: Int32
  private var isOpen = true

  /// - Parameter path: `-` for standard output.
  package init(_ path: String) throws(FileWriteError) {
    self.path = Self.resolved(path)
    if path == "-" {
      partial = nil
      descriptor = dup(STDOUT_FILENO)
    } else if Self.isSpecial(path) {
      partial = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let name = "\(self.path).partial.\(getpid())"
      partial = name
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw FileWriteError(errno: errno) }
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// A pipe or a device; a directory is nothing that can be opened for writing.
  private static func isSpecial(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  package func write(_ bytes: [UInt8]) throws(FileWriteError) { try writeAll(bytes, to: descriptor) }

  /// It gets its name.
  package func finish() throws(FileWriteError) {
    isOpen = false
    if partial != nil, fsync(descriptor) != 0 {
      defer { close(descriptor) }
      throw failure()
    }
    guard close(descriptor) == 0 else { throw failure() }
    if let partial, rename(partial, path) != 0 { throw failure() }
  }

  private func failure() -> FileWriteError {
    let error = FileWriteError(errno: errno)
    if let partial { unlink(partial) }
    return error
  }

  /// What was written so far is removed.
  package func discard() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
    if let partial { unlink(partial) }
  }

  deinit { discard() }
}
