// A user's SQL over a database: read, never write.

import CSQLite

/// Runs one statement of a user's against one database. Nothing it says can write, attach another file or change a setting.
package struct Query {
  private let connection: Connection

  package init(database path: String) throws(TraceStoreError) {
    connection = try Query.openReadOnly(path)
    try connection.execute("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
    sqlite3_set_authorizer(connection.handle, authorize, nil)
  }

  /// The rows go to `sink` in large pieces of UTF-8 as they come; a sink that returns false wants no more.
  package func run(
    _ sql: String, format: QueryFormat, into sink: (borrowing [UInt8]) -> Bool
  ) throws(TraceStoreError) {
    let statement = try onlyStatement(sql)
    guard sqlite3_stmt_readonly(statement.handle) != 0 else {
      throw .queryNotReadOnly(reason: "the statement would write")
    }
    var printer = QueryPrinter(format, names: (0..<statement.columnCount).map { statement.name($0) })
    while try step(statement) {
      let values = (0..<statement.columnCount).map { QueryValue(statement, column: $0) }
      if let text = printer.print(values), !sink(Array(text.utf8)) { return }
    }
    // A statement without columns (a comment, an EXPLAIN-less PRAGMA) has nothing to show.
    if statement.columnCount > 0 { _ = sink(Array(printer.finish().utf8)) }
  }

  private func step(_ statement: Statement) throws(TraceStoreError) -> Bool {
    do { return try statement.step() } catch { throw refused(error) }
  }

  private func onlyStatement(_ sql: String) throws(TraceStoreError) -> Statement {
    do throws(TraceStoreError) {
      let (statement, rest) = try Statement.prepareFirst(of: sql, on: connection)
      guard try Statement.isEmpty(rest, on: connection) else { throw TraceStoreError.notOneStatement(count: 2) }
      return statement
    } catch {
      throw refused(error)
    }
  }

  /// SQLite says "not authorized"; say of what.
  private func refused(_ error: TraceStoreError) -> TraceStoreError {
    guard case .sqlite(let code, let message, _) = error else { return error }
    switch code & 0xff {
    case SQLITE_AUTH, SQLITE_READONLY: return .queryNotReadOnly(reason: message)
    default: return error
    }
  }

  /// A replay that was killed leaves a journal, which a read-only connection may not play back: then once with leave to write.
  private static func openReadOnly(_ path: String) throws(TraceStoreError) -> Connection {
    do {
      return try SchemaIdentity.open(path, mode: .readOnly)
    } catch {
      guard case .sqlite(let code, _, _) = error, code == readOnlyRollback || code & 0xff == SQLITE_CANTOPEN else {
        throw error
      }
      try SchemaIdentity.open(path, mode: .readWrite).close()
      return try SchemaIdentity.open(path, mode: .readOnly)
    }
  }

  /// `SQLITE_READONLY_ROLLBACK`, an expression that Swift does not import.
  private static let readOnlyRollback = SQLITE_READONLY | 3 << 8
}

/// Reading, functions and recursion are fine; of the PRAGMAs, those that tell.
private func authorize(
  _: UnsafeMutableRawPointer?, action: Int32, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?,
  _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?
) -> Int32 {
  switch action {
  case SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE: return SQLITE_OK
  case SQLITE_PRAGMA:
    let telling: Set = [
      "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
      "foreign_key_check", "integrity_check", "quick_check", "compile_options", "function_list", "pragma_list",
    ]
    let name = first.map { String(cString: $0).lowercased() } ?? ""
    return second == nil || telling.contains(name) ? SQLITE_OK : SQLITE_DENY
  default: return SQLITE_DENY
  }
}
