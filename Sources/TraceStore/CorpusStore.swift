// A corpus.db: runs over the corpus, one behind the other.

import Glibc
import KVMEvents
import Schema

/// The results of runs over a corpus.
package final class CorpusStore {
  private let connection: Connection

  /// Opens a corpus.db that can be written; makes one where there is none.
  package init(at location: DatabaseLocation) throws(TraceStoreError) {
    switch location {
    case .file(let path):
      if Self.isNothing(path) { try Self.create(path) }
      connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
      // SQLite tells of a file that is not ours to write at the first write, which comes when all the work is done.
      guard access(path, W_OK) == 0 else { throw .readOnly(path: path) }
    case .memory:
      connection = try Connection(":memory:", mode: .create)
      try connection.execute("BEGIN; \(Schema.corpus) COMMIT")
    }
    try connection.execute("PRAGMA foreign_keys = ON")
  }

  /// Opens one that must be there.
  package init(existing path: String) throws(TraceStoreError) {
    connection = try SchemaIdentity.open(path, mode: .readWrite, [.corpus])
  }

  /// Not there, or empty: SQLite makes the file before it writes the first page, and another run may be in between.
  private static func isNothing(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  /// Another run may be making it at the same time: whoever has the lock first does, the others find it made.
  private static func create(_ path: String) throws(TraceStoreError) {
    let connection = try Connection(path, mode: .create)
    try connection.execute("PRAGMA busy_timeout = 10000")
    try connection.execute("BEGIN IMMEDIATE")
    guard try connection.integer("PRAGMA application_id") == 0 else { return try connection.execute("COMMIT") }
    try connection.execute("\(Schema.corpus) COMMIT")
  }

  /// Adds a run, whole or not at all. Returns its number.
  package func add(_ run: CorpusRunRow) throws(TraceStoreError) -> Int64 {
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let id = try connection.integer("SELECT coalesce(max(id), 0) + 1 FROM run")
      try insertRun(run, id)
      for row in run.cases { try insertCase(row, id) }
      try connection.execute("COMMIT")
      return id
    } catch {
      connection.rollBack()
      throw error
    }
  }

  private func insertRun(_ run: CorpusRunRow, _ id: Int64) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("run", columns: 9))
    statement.bind(1, id)
    statement.bind(2, run.begunAt)
    statement.bind(3, run.toolVersion)
    statement.bind(4, run.folder)
    statement.bind(5, Int64(run.jobCount))
    statement.bind(6, Int64(run.cases.count))
    statement.bind(7, Int64(run.cases.count { $0.fault != nil }))
    statement.bind(8, Int64(run.differenceCount))
    statement.bind(9, run.wallNs)
    try statement.run()
  }

  private func insertCase(_ row: CorpusCaseRow, _ run: Int64) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("case_run", columns: 7))
    statement.bind(1, run)
    statement.bind(2, row.name)
    statement.bind(3, row.title)
    statement.bind(4, row.traceHash)
    statement.bind(5, row.eventCount)
    statement.bind(6, row.fault)
    statement.bind(7, row.cpuNs)
    try statement.run()
    let cells = try connection.prepare(insert("cell", columns: 29))
    for cell in row.cells { try insertCell(cell, row.name, run, cells) }
    let figures = try connection.prepare(insert("figure", columns: 6))
    for figure in row.figures {
      figures.bind(1, run)
      figures.bind(2, row.name)
      figures.bind(3, figure.form)
      figures.bind(4, figure.name)
      figures.bind(5, figure.value)
      figures.bind(6, figure.expected)
      try figures.run()
    }
  }

  private func insertCell(
    _ cell: CorpusCellRow, _ name: String, _ run: Int64, _ statement: Statement
  ) throws(TraceStoreError) {
    statement.bind(1, run)
    statement.bind(2, name)
    statement.bind(3, cell.form)
    statement.bind(4, cell.verdict)
    statement.bind(5, cell.expected)
    let search = cell.exploration
    let costs = cell.costs
    let figures: [Int64] = [
      cell.cpuNs, Int64(search?.windowCount ?? 0), Int64(search?.completeCount ?? 0),
      Int64(search?.truncatedCount ?? 0), Int64(search?.skippedCount ?? 0), Int64(search?.contractCount ?? 0),
      Int64(search?.staleCount ?? 0), Int64(search?.stuckCount ?? 0), Int64(search?.stateCount ?? 0),
      costs.refreshCount, costs.failedCount, costs.stuckCount, costs.roundCount, costs.retries.necessaryCount,
      costs.retries.falseCount, costs.retries.widenedCount, costs.waits.necessaryCount, costs.waits.falseCount,
      costs.waits.widenedCount, costs.spunNs, costs.sleptNs, costs.stallMaxNs, costs.latency.sumNs,
      costs.failedCheckCount,
    ]
    for (index, figure) in figures.enumerated() { statement.bind(Int32(6 + index), figure) }
    try statement.run()
  }

  // MARK: Asking

  /// A SELECT over its tables and views. Parameters are bound by the caller.
  package func statement(_ sql: String) throws(TraceStoreError) -> Statement { try connection.prepare(sql) }

  /// The number of the last run; nil: there is none.
  package func lastRun() throws(TraceStoreError) -> Int64? {
    let row = try statement("SELECT max(id) FROM run")
    return try row.step() ? row.optionalInteger(0) : nil
  }
}
