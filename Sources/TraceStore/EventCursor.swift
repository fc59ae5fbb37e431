// Recorded events back out of a database, in replay order.

import CSQLite
import KVMEvents

/// Iterates over the table `event`. Fields, times and kinds come back as they were written; a loss marker has no task.
package final class EventCursor {
  private var table: TableReader
  private let decoder: EventDecoder
  /// Stepped and never finished: while it lives, SQLite holds the lock that keeps writers from the file.
  private let lock: Statement

  init(on connection: Connection, pids: [Int32]) throws(TraceStoreError) {
    lock = try connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'event'")
    guard try lock.step() else { throw .damaged(table: "event", reason: "there is no such table") }
    table = try TableReader(table: "event", root: lock.integer("rootpage"), on: connection)
    decoder = EventDecoder(pids: pids)
  }

  /// Replaces the contents of `batch` by the next events; false, and an empty batch: there are no more.
  package func read(into batch: inout [RecordedEvent], upTo limit: Int) throws(TraceStoreError) -> Bool {
    batch.removeAll(keepingCapacity: true)
    try decoder.read(from: &table, into: &batch, upTo: limit)
    return !batch.isEmpty
  }
}
