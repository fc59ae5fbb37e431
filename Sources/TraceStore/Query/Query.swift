// A user's SQL over a database: reads, never writes.

import CSQLite

/// Runs one statement of a user on one database. It cannot write, attach another file or change a setting.
package struct Query {
  private let connection: Connection
  private let gate: QueryGate

  package init(database path: String) throws(TraceStoreError) {
    connection = try Query.openReadOnly(path)
    try connection.execute("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
    gate = QueryGate(on: connection)
  }

  /// The rows go to `sink` in large pieces of UTF-8 as they come; a sink that returns false ends the query.
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

  /// SQLite says "not authorized"; the gate knows which action.
  private func refused(_ error: TraceStoreError) -> TraceStoreError {
    if let reason = gate.refusal { return .queryNotReadOnly(reason: reason) }
    guard case .sqlite(let code, let message, _) = error, code & 0xff == SQLITE_READONLY else { return error }
    return .queryNotReadOnly(reason: message)
  }

  /// A killed replay leaves a journal, which a read-only connection may not replay: then the database is opened once
  /// for writing.
  private static func openReadOnly(_ path: String) throws(TraceStoreError) -> Connection {
    do {
      return try SchemaIdentity.open(path, mode: .readOnly, SchemaIdentity.allCases)
    } catch {
      guard case .sqlite(let code, _, _) = error, code == readOnlyRollback || code & 0xff == SQLITE_CANTOPEN else {
        throw error
      }
      try SchemaIdentity.open(path, mode: .readWrite, SchemaIdentity.allCases).close()
      return try SchemaIdentity.open(path, mode: .readOnly, SchemaIdentity.allCases)
    }
  }

  /// `SQLITE_READONLY_ROLLBACK`, an expression that Swift does not import.
  private static let readOnlyRollback = SQLITE_READONLY | 3 << 8
}
