// A database under construction: a file with a name of its own next to the final one, renamed into place when complete.

import CSQLite
import FileSystem
import Glibc

/// The file a writer fills. Its lock distinguishes a running import from what a killed one left over.
final class PartialFile {
  /// Where the database will be; symbolic links followed, so that a rename does not replace the link.
  let finalPath: String
  private let place: UnfinishedPlace
  private let made: UnfinishedPlace.Made
  private var isThere = true
  /// What it may replace.
  private let kind: SchemaIdentity

  /// Where it is built.
  var path: String { made.path }
  /// Holds the lock. Closed after SQLite has closed the file: closing drops the locks that SQLite holds in this
  /// process.
  var descriptor: Int32 { made.descriptor }

  init(for requestedPath: String, _ kind: SchemaIdentity = .trace) throws(TraceStoreError) {
    self.kind = kind
    finalPath = FinalPath.resolve(requestedPath)
    place = UnfinishedPlace(beside: finalPath)
    do throws(SystemCallError) { made = try place.makeFile() } catch { throw TraceStoreError(error) }
  }

  /// A file for a database in memory: where SQLite would put what does not fit, and unlinked once it is open.
  static func temporary() throws(TraceStoreError) -> PartialFile {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    return try PartialFile(for: "\(folder)/gpc-replay")
  }

  /// Removes what a killed import left beside a database.
  static func removeLeftovers(of path: String) {
    UnfinishedPlace(beside: FinalPath.resolve(path)).removeLeftovers()
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
    let turn = try PublishTurn(place.turn, for: finalPath)
    defer { turn.end() }
    // Held over the rename: no process is in the middle of a write to the replaced database.
    let replaced = try PartialFile.lockForReplacement(finalPath, kind)
    try takeName()
    try replaced?.close()
    try syncFolder()
    return try open(finalPath)
  }

  /// Renames the complete database into place if there is none.
  /// - Returns: false: another process has published one meanwhile.
  func publishIfNone() throws(TraceStoreError) -> Bool {
    guard fsync(descriptor) == 0 else { throw PartialFile.failure("fsync", path) }
    let turn = try PublishTurn(place.turn, for: finalPath)
    defer { turn.end() }
    guard PartialFile.isNone(finalPath) else { return false }
    try takeName()
    try syncFolder()
    return true
  }

  /// Nothing, or an empty file.
  static func isNone(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 ? errno == ENOENT : status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
  }

  private func takeName() throws(TraceStoreError) {
    // Before the rename: from then on, a process that opens the database takes the files next to it for its own.
    if try DatabaseCompanion.removeAll(of: finalPath) { try syncFolder() }
    guard rename(path, finalPath) == 0 else { throw PartialFile.failure("rename", finalPath) }
    isThere = false
  }

  private func syncFolder() throws(TraceStoreError) {
    guard FinalPath.syncFolder(place.folder) else { throw PartialFile.failure("fsync", place.folder) }
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
    guard try TraceStoreError.isFile(path) else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure("stat", path) }
    guard status.st_size > 0 else { return nil }
    try kind.check(headerOf: path)
    do throws(TraceStoreError) {
      let connection = try Connection(path, mode: .readWrite, isChecked: false)
      try connection.execute("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE")
      return connection
    } catch .sqlite(let code, _, _) where code & 0xff == SQLITE_CORRUPT {
      // No process can write to it, either.
      return nil
    }
  }

  static func failure(_ call: String, _ path: String) -> TraceStoreError {
    TraceStoreError(SystemCallError(call, path))
  }
}
