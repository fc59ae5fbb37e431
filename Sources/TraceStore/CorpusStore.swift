// A corpus.db: runs over the corpus, one after the other.

import Glibc
import KVMEvents
import Results
import Schema

/// The results of runs over a corpus.
package final class CorpusStore {
  private var connection: Connection
  /// A new database until its first run is in it.
  private var file: PartialFile?

  /// Opens a corpus.db for writing. If there is none, its first run makes it.
  package init(at location: DatabaseLocation) throws(TraceStoreError) {
    switch location {
    case .file(let path) where PartialFile.isNone(path):
      let file = try PartialFile(for: path)
      connection = try Connection(file.path, mode: .create)
      try connection.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; \(Schema.corpus) COMMIT")
      self.file = file
    case .file(let path):
      connection = try Self.opened(path)
      PartialFile.removeLeftovers(of: path)
    case .memory:
      connection = try Connection(":memory:", mode: .create)
      try connection.execute("BEGIN; \(Schema.corpus) COMMIT")
    }
    try connection.execute("PRAGMA foreign_keys = ON")
  }

  private static func opened(_ path: String) throws(TraceStoreError) -> Connection {
    let connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
    // SQLite reports a read-only file at the first write, which comes when all the work is done.
    guard access(path, W_OK) == 0 else { throw .readOnly(path: path) }
    return connection
  }

  /// Opens one that must exist.
  package init(existing path: String) throws(TraceStoreError) {
    connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
  }

  /// Adds a run, whole or not at all. Returns its number.
  package func add(_ run: CorpusRunRow) throws(TraceStoreError) -> Int64 {
    let id = try insert(run)
    guard let file else { return id }
    try connection.close()
    let isPublished = try file.publishIfNone()
    self.file = nil
    connection = try Self.opened(file.finalPath)
    try connection.execute("PRAGMA foreign_keys = ON")
    // Another run has made one meanwhile.
    return isPublished ? id : try insert(run)
  }

  private func insert(_ run: CorpusRunRow) throws(TraceStoreError) -> Int64 {
    let signals = HeldSignals()
    defer { signals.release() }
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
