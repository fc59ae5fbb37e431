// A new database: takes events, results, names and facts, and publishes a complete database under its final name.

import KVMEvents
import Results
import Schema

/// Writes one recording into a new database. There is nothing under the final name before `finish` has returned.
///
/// SQLite creates the tables; the pages of `event` and `retry_round` are written past it, the other results wait in a
/// staging database; then SQLite owns the file again, and the rest is SQL.
package final class TraceWriter {
  private let location: DatabaseLocation
  private let connection: Connection
  private let file: PartialFile
  private let pages: PageFile
  private let staging: Staging
  // Released once the writer is used up: their statements hold the connection.
  private var events: EventWriter?
  private var results: ResultWriter?

  /// Rejects a path with a file that gpc-replay did not write.
  package init(at location: DatabaseLocation) throws(TraceStoreError) {
    self.location = location
    switch location {
    case .memory: file = try PartialFile.temporary()
    case .file(let path):
      try PartialFile.checkReplaceable(path)
      file = try PartialFile(for: path)
    }
    connection = try Connection(file.path, mode: .create)
    if case .memory = location { try file.removeName() }
    try connection.execute(TraceWriter.settings)
    try connection.execute("BEGIN; \(Schema.tables) \(Schema.views) COMMIT")
    pages = try PageFile(descriptor: file.descriptor, path: file.path)
    staging = try Staging(on: connection)
    events = EventWriter(try TraceWriter.builder(of: "event", on: connection, in: pages))
    let rounds = RetryRoundWriter(try TraceWriter.builder(of: "retry_round", on: connection, in: pages))
    results = try ResultWriter(on: connection, schema: Staging.name, rounds: rounds)
    try connection.execute("BEGIN")
  }

  /// No other process sees the file until it is complete: no journal, no syncs, and no checks that our types have
  /// already made.
  private static let settings = """
    PRAGMA page_size = \(PageFile.pageSize);
    PRAGMA auto_vacuum = NONE;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -8192;
    PRAGMA foreign_keys = OFF;
    PRAGMA ignore_check_constraints = ON;
    """

  private static func builder(
    of table: String, on connection: Connection, in pages: PageFile
  ) throws(TraceStoreError) -> TableBuilder {
    let root = try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'")
    return TableBuilder(root: UInt32(root), in: pages)
  }

  /// In the order of the ids.
  package func write(_ batch: borrowing [RecordedEvent]) throws(TraceStoreError) {
    try events?.write(batch)
  }

  package func write(_ rows: borrowing [ReplayRow]) throws(TraceStoreError) {
    try results?.write(rows)
  }

  /// Writes the rest, renames the database into place, and opens it there. The writer is used up.
  package func finish(_ summary: ImportSummary) throws(TraceStoreError) -> TraceDatabase {
    try complete(summary)
    switch location {
    case .memory:
      try connection.execute("DETACH staging; PRAGMA ignore_check_constraints = OFF; PRAGMA journal_mode = MEMORY")
      return TraceDatabase(connection, keeping: file)
    case .file:
      try connection.close()
      return try file.publish { (path) throws(TraceStoreError) in try TraceDatabase(at: path) }
    }
  }

  private func complete(_ summary: ImportSummary) throws(TraceStoreError) {
    guard let results, let stored = try events?.finish() else { preconditionFailure("finish() is called once") }
    let amendments = try results.finish()
    // The statements of both release the staging database here.
    events = nil
    self.results = nil
    try connection.execute("COMMIT")
    try pages.finish()
    try connection.execute("BEGIN EXCLUSIVE")
    try staging.moveIntoMain()
    try connection.execute(Schema.indices)
    try amendments.apply(on: connection, settings: summary.replay)
    // The replay ran before all of the input was read.
    if summary.issueCounts.contains(where: { $0.key.doubt != nil && $0.value > 0 }) {
      try connection.execute(
        """
        UPDATE finding SET certainty = 'possible';
        UPDATE finding SET certainty_alone = 'possible' WHERE certainty_alone IS NOT NULL
        """)
    }
    try SummaryWriter(connection: connection).write(summary, stored: stored)
    try connection.commit()
  }
}
