// What a path leads to.

import Glibc

package enum FileKind {
  case file, folder
  /// A pipe, a socket, a device: opening it may wait, and reading it may not end.
  case other

  /// Symbolic links followed; nil: there is nothing. A path that cannot be looked at is an error: it is not known that
  /// nothing is there.
  package static func of(_ path: String) throws(SystemCallError) -> FileKind? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemCallError("stat", path)
    }
    return switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .other
    }
  }
}
