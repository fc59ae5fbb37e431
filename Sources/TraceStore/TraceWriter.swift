// A new database: events, results, names and facts in, a whole database under its final name out.

import KVMEvents
import Schema

/// Writes one recording into a new database. Nothing stands under the final name before `finish` has returned.
package final class TraceWriter {
  private let connection: Connection
  /// nil: in memory.
  private let file: PartialFile?
  private var events: EventWriter
  private let results: ResultWriter

  /// Refuses a path where a file stands that gpc-replay did not write.
  package init(at location: DatabaseLocation) throws(TraceStoreError) {
    switch location {
    case .memory:
      file = nil
      connection = try Connection(":memory:", mode: .create)
    case .file(let path):
      try PartialFile.checkReplaceable(path)
      let partial = try PartialFile(for: path)
      file = partial
      connection = try Connection(partial.path, mode: .create)
    }
    try connection.execute(TraceWriter.settings)
    try connection.execute(Schema.tables)
    try connection.execute(Schema.views)
    events = EventWriter(on: connection)
    results = try ResultWriter(on: connection)
  }

  /// The file is nobody's business until it is whole: no journal, no syncs, and checks that our types have made already.
  private static let settings = """
    PRAGMA page_size = 32768;
    PRAGMA auto_vacuum = NONE;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -16384;
    PRAGMA foreign_keys = OFF;
    PRAGMA ignore_check_constraints = ON;
    BEGIN EXCLUSIVE;
    """

  /// In the order of the ids.
  package func write(_ batch: borrowing [RecordedEvent]) throws(TraceStoreError) {
    try events.write(batch)
  }

  package func write(_ rows: borrowing [ReplayRow]) throws(TraceStoreError) {
    try results.write(rows)
  }

  /// Writes the rest, puts the database under its final name, and opens it there. The writer is used up.
  package func finish(_ summary: ImportSummary) throws(TraceStoreError) -> TraceDatabase {
    try events.flush()
    try results.finish(indices: Schema.indices, settings: summary.replay)
    try SummaryWriter(connection: connection).write(summary, stored: events.storedNames)
    try connection.execute("COMMIT")
    guard let file else { return TraceDatabase(connection) }
    connection.close()
    try file.publish()
    return try TraceDatabase(at: file.finalPath)
  }
}
