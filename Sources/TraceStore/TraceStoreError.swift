// What can go wrong with a database, with what is needed to act on it; the door makes the sentences.

/// The errors of the store.
package enum TraceStoreError: Error, Equatable, Sendable {
  /// SQLite refused. `code` is the extended result code, `message` SQLite's own words, `doing` the SQL or the call.
  case sqlite(code: Int32, message: String, doing: String)
  /// No room: the disk is full or the file may not grow any further.
  case noSpace(path: String)
  /// A call to the kernel failed: `doing` is its name.
  case system(errno: Int32, doing: String, path: String)
  /// There is no file of that name.
  case notFound(path: String)
  /// A file that is no SQLite database, or a database that gpc-replay did not write.
  case notOurs(path: String)
  /// It is there, but not for us to write.
  case readOnly(path: String)
  /// A database of another version of the schema.
  case otherVersion(path: String, version: Int64)
  /// Another process has a lock on the database that stands in the way.
  case busy(path: String)
  /// The query would write, attach a file, or change a setting.
  case queryNotReadOnly(reason: String)
  /// The query's text holds this many statements; one is wanted.
  case notOneStatement(count: Int)
  /// A row of the database holds what this version never writes.
  case damaged(table: String, reason: String)
}
