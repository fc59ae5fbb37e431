// Distinguishes a gpc-replay database from other files.

import CSQLite
import Glibc
import Schema

/// `PRAGMA application_id` and `PRAGMA user_version`.
enum SchemaIdentity: CaseIterable {
  /// The database of a recording.
  case trace
  /// The results of a corpus.
  case corpus

  var applicationID: Int64 {
    switch self {
    case .trace: Schema.applicationID
    case .corpus: Schema.corpusApplicationID
    }
  }

  var version: Int64 {
    switch self {
    case .trace: Schema.version
    case .corpus: Schema.corpusVersion
    }
  }

  /// Opens a gpc-replay database of one of `kinds`; anything else is rejected by name.
  static func open(
    _ path: String, mode: Connection.Mode, _ kinds: [SchemaIdentity] = [.trace]
  ) throws(TraceStoreError) -> Connection {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .notFound(path: path) }
    // A pipe or a device would be waited for.
    guard status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR else { throw .notOurs(path: path) }
    let (connection, id) = try opened(path, mode)
    guard let kind = kinds.first(where: { $0.applicationID == id }) else { throw .notOurs(path: path) }
    let version = try connection.integer("PRAGMA user_version")
    guard version == kind.version else { throw .otherVersion(path: path, version: version) }
    return connection
  }

  /// With its application id: the first look at its pages.
  private static func opened(
    _ path: String, _ mode: Connection.Mode
  ) throws(TraceStoreError) -> (Connection, Int64) {
    do throws(TraceStoreError) {
      let connection = try Connection(path, mode: mode)
      try connection.execute("PRAGMA busy_timeout = 10000")
      return (connection, try connection.integer("PRAGMA application_id"))
    } catch .sqlite(let code, let message, _) where code & 0xff == SQLITE_CORRUPT {
      throw .unreadable(path: path, reason: message)
    }
  }
}
