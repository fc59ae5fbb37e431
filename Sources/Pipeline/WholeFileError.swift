// An output file that is there whole or not at all.

import Glibc

/// Why a file was not written.
package enum WholeFileError: Error {
  /// It exists, and was not to be replaced.
  case exists
  /// It exists and is not a regular file.
  case notRegular
  case failed(FileWriteError)
}

/// Writes a file under another name beside it, and renames it into place once it is complete.
package func writeWholeFile(_ bytes: [UInt8], to path: String, replaces: Bool) throws(WholeFileError) {
  var target = path
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
    guard replaces else { throw .exists }
    // A symbolic link stays one.
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
  }
  let slash = target.lastIndex(of: "/").map { target.index(after: $0) } ?? target.startIndex
  let partial = "\(target[..<slash]).\(target[slash...]).partial-\(getpid())"
  let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else { throw .failed(FileWriteError(errno: errno)) }
  var failure: FileWriteError?
  do throws(FileWriteError) { try writeAll(bytes, to: descriptor) } catch { failure = error }
  if failure == nil, fsync(descriptor) != 0 { failure = FileWriteError(errno: errno) }
  if close(descriptor) != 0, failure == nil { failure = FileWriteError(errno: errno) }
  if failure == nil, rename(partial, target) != 0 { failure = FileWriteError(errno: errno) }
  guard let failure else { return }
  unlink(partial)
  throw .failed(failure)
}
