// Recorded events back out of a database, in replay order.

import CSQLite
import KVMEvents

/// Walks the table `event`. Fields, times and kinds come back as they were written; a loss marker names no task.
package final class EventCursor {
  private let statement: Statement
  private let pids: [Int32]
  /// SQLite would begin anew on the step behind the last row.
  private var isAtEnd = false
  private let fieldCount = Int32(EventField.allCases.count)

  init(on connection: Connection, pids: [Int32]) throws(TraceStoreError) {
    let fields = EventField.allCases.map(\.column).joined(separator: ", ")
    statement = try connection.prepare(
      "SELECT id, ts_ns, cpu, task_id, name_id, kind_id, \(fields) FROM event ORDER BY id")
    self.pids = pids
  }

  /// Replaces the contents of `batch` by the next events; false, and an empty batch: there are no more.
  package func read(into batch: inout [RecordedEvent], upTo limit: Int) throws(TraceStoreError) -> Bool {
    batch.removeAll(keepingCapacity: true)
    while batch.count < limit, !isAtEnd {
      if try statement.step() { batch.append(try event()) } else { isAtEnd = true }
    }
    return !batch.isEmpty
  }

  private func event() throws(TraceStoreError) -> RecordedEvent {
    var event = RecordedEvent()
    event.id = statement.integer(0)
    event.time = TraceTimestamp(rawValue: statement.integer(1))
    event.cpu = Int32(truncatingIfNeeded: statement.integer(2))
    let task = Int(statement.integer(3))
    event.name = EventNameID(truncatingIfNeeded: statement.integer(4))
    guard let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: statement.integer(5))) else {
      throw .damaged(table: "event", reason: "event \(event.id) is of the unknown kind \(statement.integer(5))")
    }
    event.kind = kind
    if kind != .lostEvents {
      guard pids.indices.contains(task) else {
        throw .damaged(table: "event", reason: "event \(event.id) is of the unknown task \(task)")
      }
      event.task = TaskID(task)
      event.pid = pids[task]
    }
    readFields(into: &event)
    return event
  }

  @inline(__always) private func readFields(into event: inout RecordedEvent) {
    var bits: UInt32 = 0
    for field in 0..<fieldCount where sqlite3_column_type(statement.handle, field + 6) != SQLITE_NULL {
      bits |= 1 << UInt32(field)
      event.values[Int(field)] = UInt64(bitPattern: statement.integer(field + 6))
    }
    event.fields = EventFieldSet(rawValue: bits)
  }
}
