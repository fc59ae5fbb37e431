// Where a path leads: a rename to that place does not replace a symbolic link.

import Glibc

package enum FinalPath {
  /// Symbolic links followed, also those that lead to no file yet.
  package static func resolve(_ path: String) -> String {
    if let resolved = realpath(path, nil) {
      defer { free(resolved) }
      return String(cString: resolved)
    }
    var path = path
    // As often as Linux does.
    for _ in 0..<40 {
      guard let target = linkTarget(path) else { break }
      path = target.hasPrefix("/") ? target : split(path).folder + "/" + target
    }
    return path
  }

  /// nil: it is no symbolic link.
  private static func linkTarget(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
  }

  /// Names given and removed in the folder survive a crash of the machine, if it may be read and its file system can
  /// do so.
  /// - Returns: false: errno says why not.
  package static func syncFolder(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno == EACCES }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 || [EINVAL, ENOSYS, ENOTSUP].contains(errno)
  }

  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.index(after: slash)...]))
  }
}
