// Rows into a table by SQL.

/// Inserts whole rows. Used for most tables; the bulk of events and rounds is written as pages (`RecordEncoder`).
struct TableWriter<Row: StoredRow> {
  private let statement: Statement

  /// - Parameter schema: SQLite's name for the database.
  init(on connection: Connection, schema: String = "main") throws(TraceStoreError) {
    let places = Array(repeating: "?", count: Row.Column.allCases.count).joined(separator: ", ")
    statement = try connection.prepare("INSERT INTO \(schema).\(Row.Column.table) VALUES (\(places))")
  }

  /// - Parameter id: see `StoredRow.encode`.
  func write(_ row: Row, id: Int64? = nil) throws(TraceStoreError) {
    var encoder = StatementEncoder(statement)
    row.encode(into: &encoder, id: id)
    assert(encoder.place == Row.Column.allCases.count, "every column of \(Row.Column.table) is set")
    try statement.run()
  }

  /// Numbers them from 1.
  func write(numbered rows: [Row]) throws(TraceStoreError) {
    for (index, row) in rows.enumerated() { try write(row, id: Int64(index + 1)) }
  }
}

/// Binds one value after the other.
struct StatementEncoder: RowEncoder {
  private let statement: Statement
  private var next: Int32 = 0

  init(_ statement: Statement) { self.statement = statement }

  var place: Int { Int(next) }

  /// Parameters count from 1.
  private mutating func parameter() -> Int32 {
    next += 1
    return next
  }

  mutating func append(_ integer: Int64) { statement.bind(parameter(), integer) }
  mutating func append(word: String) { statement.bindRepeated(parameter(), word) }
  mutating func append(text: String) { statement.bind(parameter(), text) }
  mutating func append(blob: [UInt8]) { statement.bind(parameter(), blob: blob) }
  mutating func appendNull() { statement.bindNull(parameter()) }
}

extension Statement {
  /// Binds the parameters in their order.
  func bind(_ values: [any ColumnValue]) {
    var encoder = StatementEncoder(self)
    for value in values { value.append(to: &encoder) }
  }

  /// Binds the parameters in their order, and runs it.
  func run(_ first: any ColumnValue, _ rest: any ColumnValue...) throws(TraceStoreError) {
    var encoder = StatementEncoder(self)
    first.append(to: &encoder)
    for value in rest { value.append(to: &encoder) }
    try run()
  }
}
