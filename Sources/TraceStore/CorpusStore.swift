// A corpus.db: runs over the corpus, one after the other.

import Glibc
import KVMEvents
import Results
import Schema

/// The results of runs over a corpus.
package final class CorpusStore {
  private let connection: Connection

  /// Opens a corpus.db for writing; creates it if there is none.
  package init(at location: DatabaseLocation) throws(TraceStoreError) {
    switch location {
    case .file(let path):
      if Self.isNothing(path) { try Self.create(path) }
      connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
      // SQLite reports a read-only file at the first write, which comes when all the work is done.
      guard access(path, W_OK) == 0 else { throw .readOnly(path: path) }
    case .memory:
      connection = try Connection(":memory:", mode: .create)
      try connection.execute("BEGIN; \(Schema.corpus) COMMIT")
    }
    try connection.execute("PRAGMA foreign_keys = ON")
  }

  /// Opens one that must exist.
  package init(existing path: String) throws(TraceStoreError) {
    connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
  }

  /// Missing, or empty: SQLite creates the file before it writes the first page, and another run may be in between.
  private static func isNothing(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  /// Another run may be creating it at the same time: the one that locks it first does, the others find it done.
  private static func create(_ path: String) throws(TraceStoreError) {
    let connection = try Connection(path, mode: .create)
    try connection.execute("PRAGMA busy_timeout = 10000")
    try connection.execute("BEGIN IMMEDIATE")
    guard try connection.integer("PRAGMA application_id") == 0 else { return try connection.execute("COMMIT") }
    try connection.execute(Schema.corpus)
    try connection.commit()
  }

  /// Adds a run, whole or not at all. Returns its number.
  package func add(_ run: CorpusRunRow) throws(TraceStoreError) -> Int64 {
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let id = try connection.integer("SELECT coalesce(max(id), 0) + 1 FROM run")
      try TableWriter(on: connection).write(run, id: id)
      for row in run.cases { try insert(row, id) }
      try connection.commit()
      return id
    } catch {
      connection.rollBack()
      throw error
    }
  }

  private func insert(_ row: CorpusCaseRow, _ run: Int64) throws(TraceStoreError) {
    try TableWriter(on: connection).write(row, id: run)
    let cells: TableWriter<CellOfCase> = try TableWriter(on: connection)
    for cell in row.cells { try cells.write(CellOfCase(caseName: row.name, cell: cell), id: run) }
    let figures: TableWriter<FigureOfCase> = try TableWriter(on: connection)
    for figure in row.figures { try figures.write(FigureOfCase(caseName: row.name, figure: figure), id: run) }
  }

  // MARK: Asking

  /// A SELECT over its tables and views, with its parameters bound in their order.
  package func statement(_ sql: String, _ values: any ColumnValue...) throws(TraceStoreError) -> Statement {
    try connection.prepare(sql, values)
  }

  /// The number of the last run; nil: there is none.
  package func lastRun() throws(TraceStoreError) -> Int64? {
    let row = try statement("SELECT max(id) AS id FROM run")
    return try row.step() ? row.optionalInteger("id") : nil
  }
}
