// A database under construction: a file with a name of its own next to the final one, renamed into place when complete.

import CSQLite
import Glibc

/// The file a writer fills. Its lock distinguishes a running import from what a killed one left over.
final class PartialFile {
  /// Where the database will be; symbolic links followed, so that a rename does not replace the link.
  let finalPath: String
  /// Where it is built.
  let path: String
  private let folder: String
  /// The prefix of all files that are to be renamed to the final name.
  private let prefix: String
  /// Holds the lock. Closed after SQLite has closed the file: closing drops the locks that SQLite holds in this
  /// process.
  let descriptor: Int32
  private var isThere = true
  private let unfinishedName: UnfinishedName
  /// What it may replace.
  private let kind: SchemaIdentity

  init(for requestedPath: String, _ kind: SchemaIdentity = .trace) throws(TraceStoreError) {
    self.kind = kind
    finalPath = FinalPath.resolve(requestedPath)
    let (folder, name) = FinalPath.split(finalPath)
    self.folder = folder
    prefix = PartialFile.prefix(of: name)
    PartialFile.removeLeftovers(in: folder, prefix: prefix)
    (path, descriptor, unfinishedName) = try PartialFile.create(in: folder, prefix: prefix)
  }

  /// A file for a database in memory: where SQLite would put what does not fit, and unlinked once it is open.
  static func temporary() throws(TraceStoreError) -> PartialFile {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return try PartialFile(for: "\(folder)/gpc-replay")
  }

  /// Unlinks it; the file lives as long as it is open.
  func removeName() throws(TraceStoreError) {
    guard unlink(path) == 0 else { throw PartialFile.failure("unlink", path) }
    isThere = false
  }

  deinit {
    if isThere { unlink(path) }
    close(descriptor)
  }

  /// Renames the complete database into place and opens it there, before another process can replace it. The partial
  /// file's connection is closed by then.
  func publish<Opened>(
    _ open: (String) throws(TraceStoreError) -> Opened
  ) throws(TraceStoreError) -> Opened {
    guard fsync(descriptor) == 0 else { throw PartialFile.failure("fsync", path) }
    let turn = try PublishTurn("\(folder)/\(prefix)turn", for: finalPath)
    defer { turn.end() }
    // Held over the rename: no process is in the middle of a write to the replaced database.
    let replaced = try PartialFile.lockForReplacement(finalPath, kind)
    // Before the rename: from then on, a process that opens the database takes the files next to it for its own.
    if try DatabaseCompanion.removeAll(of: finalPath) { try syncFolder() }
    guard rename(path, finalPath) == 0 else { throw PartialFile.failure("rename", finalPath) }
    isThere = false
    try replaced?.close()
    try syncFolder()
    return try open(finalPath)
  }

  private func syncFolder() throws(TraceStoreError) {
    guard FinalPath.syncFolder(folder) else { throw PartialFile.failure("fsync", folder) }
  }

  /// Rejects a path with a file that is not a gpc-replay database of this kind.
  static func checkReplaceable(_ path: String, _ kind: SchemaIdentity = .trace) throws(TraceStoreError) {
    _ = try lockForReplacement(FinalPath.resolve(path), kind)
  }

  /// Opening it makes SQLite replay what a killed write left next to it, and write-ahead mode is left: then the file is
  /// complete. nil: there is no database, so files next to the name belong to none.
  private static func lockForReplacement(
    _ path: String, _ kind: SchemaIdentity
  ) throws(TraceStoreError) -> Connection? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw failure("stat", path) }
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notOurs(path: path) }
    guard status.st_size > 0 else { return nil }
    guard kind.isNamed(inHeaderOf: path) else { throw .notOurs(path: path) }
    do throws(TraceStoreError) {
      let connection = try Connection(path, mode: .readWrite, isChecked: false)
      try connection.execute("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE")
      return connection
    } catch .sqlite(let code, _, _) where code & 0xff == SQLITE_CORRUPT {
      // No process can write to it, either.
      return nil
    }
  }

  private static func create(in folder: String, prefix: String) throws(TraceStoreError) -> (
    String, Int32, UnfinishedName
  ) {
    for attempt in 0..<1000 {
      let path = "\(folder)/\(prefix)\(getpid())-\(attempt)"
      // Before it is there: a signal may come in between.
      let unfinishedName = UnfinishedName(path)
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        if errno == EEXIST { continue }
        throw failure("create", path)
      }
      // Between creation and lock another process may have taken it for a leftover; then it is unlinked, or about to
      // be. Where the file system has no locks, none can take it: leftovers are removed under their lock only.
      let isOwn = flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? isLinked(descriptor) : hasNoLocks(errno)
      if isOwn { return (path, descriptor, unfinishedName) }
      close(descriptor)
    }
    throw .busy(path: "\(folder)/\(prefix)")
  }

  /// Is this why a lock could not be had?
  static func hasNoLocks(_ code: Int32) -> Bool { [ENOLCK, ENOSYS, EOPNOTSUPP, EINVAL].contains(code) }

  static func isLinked(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_nlink > 0
  }

  static func removeLeftovers(of path: String) {
    let (folder, name) = FinalPath.split(FinalPath.resolve(path))
    removeLeftovers(in: folder, prefix: prefix(of: name))
  }

  private static func prefix(of name: String) -> String { ".\(shortened(name)).partial-" }

  /// Removes what killed imports of the same database left. One that is being written is locked, and stays.
  private static func removeLeftovers(in folder: String, prefix: String) {
    guard let directory = opendir(folder) else { return }  // The creation that follows reports the cause.
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(prefix), isOurs(name.dropFirst(prefix.count)) else { continue }
      let path = "\(folder)/\(name)"
      let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// Names as `create` and `publish` give them: `PID-N`, `turn`.
  private static func isOurs(_ rest: Substring) -> Bool {
    rest == "turn" || rest.wholeMatch(of: /[0-9]+-[0-9]+/) != nil
  }

  /// So that the names of partial files are no longer than a file system allows, with as much of `name` as fits.
  private static func shortened(_ name: String) -> String {
    var name = name
    // NAME_MAX, less ".", ".partial-", a process id, "-" and a number.
    while name.utf8.count > 255 - 32 { name.removeLast() }
    return name
  }

  static func failure(_ call: String, _ path: String) -> TraceStoreError {
    let code = errno
    switch code {
    case ENOSPC, EDQUOT, EFBIG: return .noSpace(path: path)
    default: return .system(errno: code, doing: call, path: path)
    }
  }
}

/// Removes what a killed import left of the database at `path`, as the next import does.
package func removeUnfinished(_ path: String) { PartialFile.removeLeftovers(of: path) }
