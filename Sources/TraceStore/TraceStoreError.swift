// What can go wrong with a database, with what is needed to act on it; the CLI formats the messages.

import CSQLite
import FileSystem
import Glibc

/// The errors of the store.
package enum TraceStoreError: Error, Equatable, Sendable {
  /// SQLite failed. `code` is the extended result code, `message` SQLite's own message, `doing` the SQL or the call.
  case sqlite(code: Int32, message: String, doing: String)
  /// No space: the disk is full or the file may not grow any further.
  case noSpace(path: String)
  /// A call to the kernel failed: `doing` is its name.
  case system(errno: Int32, doing: String, path: String)
  /// No such file.
  case notFound(path: String)
  /// A file that is not a SQLite database, or a database that gpc-replay did not write.
  case notOurs(path: String)
  /// A directory, a pipe or a device. `what` says which.
  case noFile(path: String, what: String)
  /// A database of gpc-replay of another kind than is asked for. `what` says which.
  case ofOtherKind(path: String, what: String)
  /// It exists, but is not writable.
  case readOnly(path: String)
  /// A database of another version of the schema.
  case otherVersion(path: String, version: Int64)
  /// Another process holds a conflicting lock on the database.
  case busy(path: String)
  /// The query would write, attach a file, or change a setting.
  case queryNotReadOnly(reason: String)
  /// The query's text holds this many statements instead of one.
  case notOneStatement(count: Int)
  /// SQLite cannot read its pages.
  case unreadable(path: String, reason: String)
  /// Not as gpc-replay wrote it last: damaged, or written by another program. `what` is a clause.
  case changed(path: String, what: String)
  /// Its results are not all of one recording and one version of gpc-replay. `what` is a clause.
  case disagreeing(path: String, what: String)
  /// A row of the database holds what this version never writes.
  case damaged(table: String, reason: String)
}

extension TraceStoreError {
  package init(_ error: SystemCallError) {
    self =
      switch error.errno {
      case ENOSPC, EDQUOT, EFBIG: .noSpace(path: error.path)
      case EBUSY: .busy(path: error.path)
      default: .system(errno: error.errno, doing: error.call, path: error.path)
      }
  }

  /// As `FileKind.of`.
  package static func kind(of path: String) throws(TraceStoreError) -> FileKind? {
    do throws(SystemCallError) { return try FileKind.of(path) } catch { throw TraceStoreError(error) }
  }

  /// false: there is nothing. Throws if it is something else.
  static func isFile(_ path: String) throws(TraceStoreError) -> Bool {
    switch try kind(of: path) {
    case nil: return false
    case .file: return true
    case .folder: throw .noFile(path: path, what: "a directory")
    case .other: throw .noFile(path: path, what: "a pipe or a device")
    }
  }

  /// What was to be written cannot be.
  package var isOfOutput: Bool {
    switch self {
    case .noSpace, .readOnly: true
    case .system(_, let call, _): !Self.readingCalls.contains(call)
    case _: false
    }
  }

  static let readingCalls: Set<String> = ["stat", "lstat", "open", "opendir", "readdir", "read", "pread"]

  /// SQLite was given no memory.
  package var isOfMemory: Bool {
    if case .sqlite(let code, _, _) = self { code & 0xff == SQLITE_NOMEM } else { false }
  }
}
