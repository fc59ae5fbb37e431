// What a user's SQL may do: SQLite asks for every action while it prepares a statement.

import CSQLite

/// Allows reading, functions and recursion, and the PRAGMAs that only report. Remembers what it denied.
final class QueryGate {
  private(set) var refusal: String?
  private let connection: Connection

  init(on connection: Connection) {
    self.connection = connection
    sqlite3_set_authorizer(connection.handle, authorize, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { sqlite3_set_authorizer(connection.handle, nil, nil) }

  /// PRAGMAs that take a parameter and still only report.
  private static let telling: Set = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
    "foreign_key_check", "integrity_check", "quick_check",
  ]

  fileprivate func lets(_ action: Int32, _ name: String, hasValue: Bool) -> Bool {
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: return true
    // What SQLite asks when it declares the columns of json_each() or pragma_table_info(). It lets no statement write
    // there unless PRAGMA writable_schema is set.
    case _ where action == SQLITE_UPDATE && name == "sqlite_master": return true
    case SQLITE_PRAGMA where !hasValue || QueryGate.telling.contains(name.lowercased()): return true
    case SQLITE_PRAGMA: refusal = "it would change the setting \(name)"
    case SQLITE_ATTACH, SQLITE_DETACH: refusal = "it would attach or detach a database"
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: refusal = "it would begin or end a transaction"
    default: refusal = "it would write"
    }
    return false
  }
}

private func authorize(
  gate: UnsafeMutableRawPointer?, action: Int32, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?,
  _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?
) -> Int32 {
  guard let gate else { return SQLITE_DENY }
  let name = first.map { String(cString: $0) } ?? ""
  let asked = Unmanaged<QueryGate>.fromOpaque(gate).takeUnretainedValue()
  return asked.lets(action, name, hasValue: second != nil) ? SQLITE_OK : SQLITE_DENY
}
