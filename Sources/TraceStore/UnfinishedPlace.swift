// Names beside a final one, for what is under construction there: `.NAME.partial-PID-N`.

import FileSystem
import Glibc

/// Where a file or folder is built that gets its final name once it is complete. Each has a lock as long as it is under
/// construction, which distinguishes it from what a killed process left.
package struct UnfinishedPlace {
  package let folder: String
  /// Of all names that are to be renamed to the final one.
  private let prefix: String
  /// Of files in an unfinished folder.
  private let parts: [String]

  /// - Parameters:
  ///   - finalPath: symbolic links followed, so that a rename does not replace the link.
  ///   - parts: the files that a folder is built of.
  package init(beside finalPath: String, parts: [String] = []) {
    let name: String
    (folder, name) = FinalPath.split(finalPath)
    prefix = ".\(Self.shortened(name)).partial-"
    self.parts = parts
  }

  /// Whose turn it is to take the final name.
  var turn: String { "\(folder)/\(prefix)turn" }

  /// Something under construction; its lock ends with `descriptor`.
  package struct Made {
    package let path: String
    package let descriptor: Int32
    /// Removed by a signal that ends the process.
    let names: [UnfinishedName]
  }

  package func makeFile() throws(SystemCallError) -> Made {
    try make { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
  }

  package func makeFolder() throws(SystemCallError) -> Made {
    try make { mkdir($0, 0o777) == 0 ? open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1 }
  }

  /// - Parameter create: -1 and `EEXIST` where the name is taken.
  private func make(_ create: (String) -> Int32) throws(SystemCallError) -> Made {
    removeLeftovers()
    for attempt in 0..<1000 {
      let path = "\(folder)/\(prefix)\(getpid())-\(attempt)"
      // Before it is there: a signal may come in between.
      let names = ([path] + parts.map { "\(path)/\($0)" }).map { UnfinishedName($0) }
      let descriptor = create(path)
      guard descriptor >= 0 else {
        if errno == EEXIST { continue }
        let error = SystemCallError("create", path)
        remove(path)
        throw error
      }
      let made = Made(path: path, descriptor: descriptor, names: names)
      if try isOwn(made) { return made }
      close(descriptor)
    }
    throw SystemCallError("create", "\(folder)/\(prefix)", errno: EBUSY)
  }

  /// Between creation and lock another process may have taken it for a leftover; then it is unlinked, or about to be.
  private func isOwn(_ made: Made) throws(SystemCallError) -> Bool {
    while flock(made.descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return false }
      // Where the file system has no locks, none can take it: leftovers are removed under their lock only.
      if Self.hasNoLocks(errno) { return true }
      let error = SystemCallError("flock", made.path)
      discard(made)
      throw error
    }
    guard let isLinked = Self.isLinked(made.descriptor) else {
      let error = SystemCallError("fstat", made.path)
      discard(made)
      throw error
    }
    return isLinked
  }

  /// Removes what was made.
  package func discard(_ made: Made) {
    remove(made.path)
    close(made.descriptor)
  }

  private func remove(_ path: String) {
    guard unlink(path) != 0 else { return }
    for part in parts { unlink("\(path)/\(part)") }
    rmdir(path)
  }

  /// Is this why a lock could not be had?
  static func hasNoLocks(_ code: Int32) -> Bool { [ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL].contains(code) }

  /// It still has a name; nil: errno says why that is not known.
  static func isLinked(_ descriptor: Int32) -> Bool? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_nlink > 0 : nil
  }

  /// Removes what killed processes left beside the same name. What is under construction is locked, and stays.
  package func removeLeftovers() {
    // The creation that follows reports why a folder cannot be read.
    for name in (try? namesInFolder(folder)) ?? []
    where name.hasPrefix(prefix) && isOurs(name.dropFirst(prefix.count)) {
      let path = "\(folder)/\(name)"
      // A lock over a network file system needs a file that may be written.
      var descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      if descriptor < 0, errno == EISDIR, !parts.isEmpty {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      }
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(path) }
      close(descriptor)
    }
  }

  /// Names as `make` and `PublishTurn` give them: `PID-N`, `turn`.
  private func isOurs(_ rest: Substring) -> Bool {
    rest == "turn" || rest.wholeMatch(of: /[0-9]+-[0-9]+/) != nil
  }

  /// So that the names are no longer than a file system allows, with as much of `name` as fits.
  private static func shortened(_ name: String) -> String {
    var name = name
    // NAME_MAX, less ".", ".partial-", a process id, "-" and a number.
    while name.utf8.count > 255 - 32 { name.removeLast() }
    return name
  }
}
