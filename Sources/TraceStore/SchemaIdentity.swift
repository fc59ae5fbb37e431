// How a database of ours is told from a foreign file.

import Glibc
import Schema

/// `PRAGMA application_id` and `PRAGMA user_version`.
enum SchemaIdentity {
  static let applicationID = Schema.applicationID

  /// Opens a database of ours; anything else is refused by name.
  static func open(_ path: String, mode: Connection.Mode) throws(TraceStoreError) -> Connection {
    guard access(path, F_OK) == 0 else { throw .notFound(path: path) }
    let connection = try Connection(path, mode: mode)
    try connection.execute("PRAGMA busy_timeout = 10000")
    guard try connection.integer("PRAGMA application_id") == applicationID else { throw .notOurs(path: path) }
    let version = try connection.integer("PRAGMA user_version")
    guard version == Schema.version else { throw .otherVersion(path: path, version: version) }
    return connection
  }
}
