// A record of the table `event` back into an event: the reverse of EventWriter.

import KVMEvents

/// Decodes records. STRICT admits only integers into this table; anything else is damage.
struct EventDecoder {
  /// By `TaskID`.
  let pids: [Int32]

  /// Separate from the cursor, which is a class: a batch is one access to its table, instead of one per row.
  func read(
    from table: inout TableReader, into batch: inout [RecordedEvent], upTo limit: Int
  ) throws(TraceStoreError) {
    while batch.count < limit, let row = try table.next() {
      batch.append(RecordedEvent())
      try decode(row, into: &batch[batch.count - 1])
    }
  }

  @inline(__always)
  private func decode(_ row: TableReader.Row, into event: inout RecordedEvent) throws(TraceStoreError) {
    let payload = row.payload
    let headerCount = Int(payload[0])
    guard headerCount > 0, headerCount <= payload.count,
      headerCount - 1 <= EventColumn.count
    else { throw damaged(row) }
    event.id = row.rowid
    var task: Int64?
    var kind: Int64 = 0
    var fields: UInt32 = 0
    var place = headerCount
    for column in 1..<max(1, headerCount - 1) {
      let type = payload[1 + column]
      if type == 0 { continue }
      let value: Int64
      if type <= 6 {
        let size = type <= 4 ? Int(type) : Int(type) * 2 - 4
        guard place + size <= payload.count, let start = payload.baseAddress else { throw damaged(row) }
        // There is room for eight bytes after the page.
        let bytes = Int64(bigEndian: (start + place).loadUnaligned(as: Int64.self))
        value = bytes >> Int64(64 - 8 * size)
        place += size
      } else if type == 8 || type == 9 {
        value = Int64(type) - 8
      } else {
        throw damaged(row)
      }
      switch column {
      case EventColumn.time: event.time = TraceTimestamp(rawValue: value)
      case EventColumn.cpu: event.cpu = Int32(exactly: value) ?? .min
      case EventColumn.task: task = value
      case EventColumn.name: event.name = EventNameID(truncatingIfNeeded: value)
      case EventColumn.kind: kind = value
      default:
        fields |= 1 << UInt32(column - EventColumn.firstField)
        event.values[column - EventColumn.firstField] = UInt64(bitPattern: value)
      }
    }
    event.fields = EventFieldSet(rawValue: fields)
    try setNames(of: &event, task: task, kind: kind, row)
    guard Self.isPossible(id: event.id, time: event.time.rawValue, cpu: event.cpu, event.kind) else {
      throw damaged(row)
    }
  }

  /// Code that uses ids, stamps and CPUs may rely on the limits that every reader of recordings enforces.
  @inline(__always)
  private static func isPossible(id: EventID, time: Int64, cpu: Int32, _ kind: EventKind) -> Bool {
    let isOnCPU = cpu >= 0 || cpu == RecordedEvent.unknownCPU && kind == .lostEvents
    return isOnCPU && id > 0 && id < TraceTimestamp.end && time >= 0 && time < TraceTimestamp.end
  }

  @inline(__always)
  private func setNames(
    of event: inout RecordedEvent, task: Int64?, kind: Int64, _ row: TableReader.Row
  ) throws(TraceStoreError) {
    guard let known = UInt8(exactly: kind).flatMap(EventKind.init(rawValue:)) else { throw damaged(row) }
    event.kind = known
    guard let task else {
      guard known == .lostEvents else { throw damaged(row) }
      return
    }
    guard task >= 0, task < Int64(pids.count) else { throw damaged(row) }
    event.task = TaskID(task)
    event.pid = pids[Int(task)]
  }

  private func damaged(_ row: TableReader.Row) -> TraceStoreError {
    .damaged(table: "event", reason: "the row of event \(row.rowid) cannot be read")
  }
}
