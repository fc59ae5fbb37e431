// A user's SQL over a database: reads, never writes.

import CSQLite
import Schema

/// Runs one statement of a user on one database, or on several. It cannot write, attach another file or change a
/// setting.
package struct Query {
  /// How it ended.
  package enum End: Equatable {
    case complete
    /// By the sink.
    case unwanted
    case interrupted
  }

  private static let bytesKept = 1 << 16

  private let connection: Connection
  private let gate: QueryGate
  private let kind: SchemaIdentity
  /// The columns that the views also show in hex.
  private let u64s: Set<String>

  /// False: a recording that was only imported, so that what a replay finds is missing, not absent.
  package let isReplayed: Bool

  /// The questions that have a name.
  package var questions: [Question] {
    switch kind {
    case .trace: Question.ofTrace
    case .corpus: []
    case .fleet: Question.ofFleet
    }
  }
  /// The tables and views.
  package var relations: [Relation] {
    switch kind {
    case .trace: Relation.ofTrace
    case .corpus: Relation.ofCorpus
    case .fleet: Relation.ofFleet
    }
  }

  package init(database path: String, attached: [AttachedDatabase] = []) throws(TraceStoreError) {
    connection = try Query.openReadOnly(path)
    kind = try SchemaIdentity.of(connection)
    for database in attached {
      // To reject what is none of ours.
      try Query.openReadOnly(database.path).close()
      try connection.attach(database.path, as: database.name)
    }
    u64s = try Query.u64s(connection)
    isReplayed = kind == .trace ? try connection.integer("SELECT count(*) FROM replay") > 0 : true
    try connection.execute("PRAGMA query_only = ON")
    gate = QueryGate(on: connection)
  }

  /// The rows go to `sink` in large pieces of UTF-8 as they come; a sink that returns false ends the query.
  /// - Parameter isInterrupted: asked a few hundred times a second; true ends the query, and what there is of its rows
  ///   goes to the sink.
  @discardableResult package func run(
    _ sql: String, format: QueryFormat, isInterrupted: @escaping () -> Bool = { false },
    into sink: (borrowing [UInt8]) -> Bool
  ) throws(TraceStoreError) -> End {
    let statement = try onlyStatement(sql)
    guard sqlite3_stmt_readonly(statement.handle) != 0 else {
      throw .queryNotReadOnly(reason: "the statement would write")
    }
    let watch = InterruptWatch(on: connection, isInterrupted)
    defer { watch.end() }
    let names = (0..<statement.columnCount).map { statement.name($0) }
    switch format {
    case .table(let width): return try run(statement, TablePrinter(names: names, width: width), into: sink)
    case .csv(let isForSpreadsheet):
      return try run(statement, CSVPrinter(names: names, isForSpreadsheet: isForSpreadsheet), into: sink)
    case .json:
      let isU64 = names.enumerated().map { column, name in
        u64s.contains(name) || statement.origin(Int32(column)).map { u64s.contains($0) } ?? false
      }
      return try run(statement, JSONPrinter(names: names, isU64: isU64), into: sink)
    }
  }

  private func run(
    _ statement: Statement, _ printer: consuming some QueryPrinter, into sink: (borrowing [UInt8]) -> Bool
  ) throws(TraceStoreError) -> End {
    var failure: TraceStoreError?
    do {
      while try statement.step() {
        printer.append(statement)
        if printer.bytes.count < Query.bytesKept { continue }
        guard sink(printer.bytes) else { return .unwanted }
        printer.bytes.removeAll(keepingCapacity: true)
      }
    } catch {
      failure = refused(error)
    }
    // A statement without columns (a comment, an EXPLAIN-less PRAGMA) has nothing to show.
    if statement.columnCount > 0 {
      printer.finish()
      guard sink(printer.bytes) else { return .unwanted }
    }
    if case .sqlite(SQLITE_INTERRUPT, _, _) = failure { return .interrupted }
    if let failure { throw failure }
    return .complete
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

  private static func u64s(_ connection: Connection) throws(TraceStoreError) -> Set<String> {
    let row = try connection.prepare(
      """
      SELECT DISTINCT found.name AS name FROM sqlite_schema AS shown JOIN pragma_table_xinfo(shown.name) AS found
      WHERE shown.type = 'view' AND found.name GLOB '*_hex'
      """)
    var names: Set<String> = []
    while try row.step() { names.insert(String(row.text("name").dropLast("_hex".count))) }
    return names
  }

  /// SQLite says "not authorized"; the gate knows which action.
  private func refused(_ error: TraceStoreError) -> TraceStoreError {
    if let reason = gate.refusal { return .queryNotReadOnly(reason: reason) }
    if case .readOnly = error { return .queryNotReadOnly(reason: "it would write to the database") }
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

/// Asks, while SQLite works, whether it is to stop.
private final class InterruptWatch {
  /// Of SQLite's virtual machine: some hundred times a second.
  private static let instructionsBetween: Int32 = 100_000

  private let connection: Connection
  fileprivate let isInterrupted: () -> Bool

  init(on connection: Connection, _ isInterrupted: @escaping () -> Bool) {
    self.connection = connection
    self.isInterrupted = isInterrupted
    sqlite3_progress_handler(
      connection.handle, InterruptWatch.instructionsBetween,
      { Unmanaged<InterruptWatch>.fromOpaque($0!).takeUnretainedValue().isInterrupted() ? 1 : 0 },
      Unmanaged.passUnretained(self).toOpaque())
  }

  func end() { sqlite3_progress_handler(connection.handle, 0, nil, nil) }
}
