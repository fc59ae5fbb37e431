// The import's hot path: recorded events into the table `event`.

import CSQLite
import KVMEvents

/// Writes events in the order of their ids, which is the order of the table: every row is appended.
struct EventWriter: ~Copyable {
  /// A statement for the events that carry one set of fields: the other columns cost nothing, they stay NULL.
  private struct Shape {
    let statement: Statement
    let fields: [Int]
  }

  private let connection: Connection
  private var shapes: [EventFieldSet: Shape] = [:]

  /// The names that have rows.
  private(set) var storedNames: Set<EventNameID> = []

  init(on connection: Connection) {
    self.connection = connection
  }

  mutating func write(_ events: borrowing [RecordedEvent]) throws(TraceStoreError) {
    for index in events.indices { try write(events[index]) }
  }

  mutating func flush() throws(TraceStoreError) {}

  @inline(__always)
  private mutating func write(_ event: borrowing RecordedEvent) throws(TraceStoreError) {
    let shape = try shape(of: event.fields)
    let statement = shape.statement
    statement.bind(1, event.id)
    statement.bind(2, event.time.rawValue)
    statement.bind(3, Int64(event.cpu))
    statement.bind(4, Int64(event.task))
    statement.bind(5, Int64(event.name))
    statement.bind(6, Int64(event.kind.rawValue))
    var parameter: Int32 = 7
    for field in shape.fields {
      statement.bind(parameter, Int64(bitPattern: event.values[field]))
      parameter += 1
    }
    try statement.run()
  }

  private mutating func shape(of fields: EventFieldSet) throws(TraceStoreError) -> Shape {
    if let known = shapes[fields] { return known }
    let present = EventField.allCases.filter { fields.contains($0) }
    let columns = ["id", "ts_ns", "cpu", "task_id", "name_id", "kind_id"] + present.map(\.column)
    let parameters = Array(repeating: "?", count: columns.count)
    let sql =
      "INSERT INTO event (\(columns.joined(separator: ", "))) VALUES (\(parameters.joined(separator: ", ")))"
    let shape = Shape(statement: try connection.prepare(sql), fields: present.map(\.rawValue))
    shapes[fields] = shape
    return shape
  }
}
