// The import's hot path: recorded events into the table `event`, page by page.

import KVMEvents

/// Writes events in the order of their ids, which is the order of the table: every row is appended.
struct EventWriter: ~Copyable {
  private var table: TableBuilder
  private var record = RecordEncoder()
  /// By name: whether it has rows.
  private var isStored: [Bool] = []

  init(_ table: consuming TableBuilder) {
    self.table = table
  }

  mutating func write(_ events: borrowing [RecordedEvent]) throws(TraceStoreError) {
    for index in events.indices { try write(events[index]) }
  }

  /// Ends the table; returns the names that have rows.
  mutating func finish() throws(TraceStoreError) -> Set<EventNameID> {
    try table.finish()
    return Set(isStored.indices.filter { isStored[$0] }.map { EventNameID($0) })
  }

  @inline(__always)
  private mutating func write(_ event: borrowing RecordedEvent) throws(TraceStoreError) {
    record.begin()
    record.set(EventColumn.time, event.time.rawValue)
    record.set(EventColumn.cpu, Int64(event.cpu))
    if event.kind != .lostEvents {
      record.set(EventColumn.task, Int64(event.task))
      record.set(EventColumn.name, Int64(event.name))
      noteStored(event.name)
    }
    record.set(EventColumn.kind, Int64(event.kind.rawValue))
    // A span, since `event.values[field]` would copy all of them for each.
    let values = event.values.span
    var rest = event.fields.rawValue
    while rest != 0 {
      let field = rest.trailingZeroBitCount
      record.set(EventColumn.firstField + field, Int64(bitPattern: values[field]))
      rest &= rest - 1
    }
    try table.append(rowid: event.id, record)
  }

  @inline(__always) private mutating func noteStored(_ name: EventNameID) {
    let index = Int(name)
    if index >= isStored.count { isStored += Array(repeating: false, count: index + 1 - isStored.count) }
    isStored[index] = true
  }
}
