// An output file that is there whole or not at all.

import Glibc
import TraceStore

/// Why a file was not written.
package enum OutputFileError: Error {
  /// It is there, and was not to be replaced.
  case exists
  case isDirectory
  case failed(errno: Int32)
}

/// A file that is filled under another name beside its own, and gets its own once it is complete. A pipe or a device is
/// written to directly.
package final class OutputFile {
  /// Where it will be.
  private let path: String
  private let replaces: Bool
  /// nil: it is written to directly.
  private let partial: String?
  private let descriptor: Int32
  private var isOpen = true

  /// - Parameters:
  ///   - path: `-` for standard output.
  ///   - replaces: a file that is there.
  package init(_ path: String, replaces: Bool) throws(OutputFileError) {
    self.path = FinalPath.resolve(path)
    self.replaces = replaces
    if path == "-" {
      partial = nil
      descriptor = dup(STDOUT_FILENO)
    } else if try Self.isSpecial(path, replaces: replaces) {
      partial = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      let name = "\(self.path).partial.\(getpid())"
      partial = name
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .failed(errno: errno) }
  }

  /// Throws what the initializer would of a file that is there: before long work.
  package static func check(_ path: String, replaces: Bool) throws(OutputFileError) {
    _ = try isSpecial(path, replaces: replaces)
  }

  /// Is it a pipe or a device?
  private static func isSpecial(_ path: String, replaces: Bool) throws(OutputFileError) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .isDirectory
    case S_IFREG where !replaces: throw .exists
    case S_IFREG: return false
    case _: return true
    }
  }

  package func write(_ bytes: [UInt8]) throws(OutputFileError) {
    do throws(FileWriteError) { try writeAll(bytes, to: descriptor) } catch { throw .failed(errno: error.errno) }
  }

  /// It gets its name.
  package func finish() throws(OutputFileError) {
    isOpen = false
    if partial != nil, fsync(descriptor) != 0 {
      defer { close(descriptor) }
      throw failure()
    }
    guard close(descriptor) == 0 else { throw failure() }
    guard let partial else { return }
    // A link takes no name that is taken meanwhile; file systems without hard links have the rename alone.
    if !replaces {
      if link(partial, path) == 0 {
        unlink(partial)
        return try syncFolder()
      }
      if errno == EEXIST {
        unlink(partial)
        throw .exists
      }
    }
    guard rename(partial, path) == 0 else { throw failure() }
    try syncFolder()
  }

  private func syncFolder() throws(OutputFileError) {
    guard FinalPath.syncFolder(FinalPath.split(path).folder) else { throw .failed(errno: errno) }
  }

  private func failure() -> OutputFileError {
    let error = OutputFileError.failed(errno: errno)
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
