// Rounds of retry loops into the table `retry_round`: a fifth as many rows as events, so written as they are.

import KVMEvents

/// Numbers and writes the rounds.
final class RetryRoundWriter {
  private var pages: RetryRoundPages?
  private let statement: Statement?
  private var marks = EvidenceMarks()

  /// Into a new database.
  init(_ table: consuming TableBuilder) {
    pages = RetryRoundPages(table)
    statement = nil
  }

  /// Into a database that SQLite is using.
  init(on connection: Connection) throws(TraceStoreError) {
    pages = nil
    statement = try connection.prepare(insert("retry_round", columns: 15))
  }

  func write(_ row: RetryRound) throws(TraceStoreError) {
    let id = marks.append(row.settledEvent ?? row.testEvent ?? row.lookupRetEvent ?? row.lookupEvent ?? row.loopEvent)
    if let statement { try write(row, id: id, with: statement) } else { try pages?.append(row, id: id) }
  }

  func rowids(after event: EventID) -> Range<Int64> { marks.rowids(after: event) }

  func finish() throws(TraceStoreError) {
    try pages?.finish()
    pages = nil
  }

  private func write(_ row: RetryRound, id: Int64, with statement: Statement) throws(TraceStoreError) {
    statement.bind(1, id)
    statement.bind(2, row.refresh)
    statement.bind(3, Int64(row.number))
    statement.bind(4, row.loopEvent)
    statement.bind(5, row.lookupEvent)
    statement.bind(6, row.lookupRetEvent)
    statement.bind(7, row.testEvent)
    statement.bind(8, row.uhva.map { Int64(bitPattern: $0.rawValue) })
    statement.bindRepeated(9, row.outcome.rawValue)
    statement.bindRepeated(10, row.decision?.rawValue)
    statement.bindRepeated(11, row.cause?.rawValue)
    statement.bindRepeated(12, row.subCause?.rawValue)
    statement.bind(13, row.invalidation)
    statement.bind(14, row.durationNs)
    statement.bindRepeated(15, row.doubt?.rawValue)
    try statement.run()
  }
}

/// The way past SQLite. A value of its own, so that a row is one access to the class that holds it, and not one per
/// column.
private struct RetryRoundPages: ~Copyable {
  private var table: TableBuilder
  private var record = RecordEncoder()

  init(_ table: consuming TableBuilder) {
    self.table = table
  }

  mutating func append(_ row: RetryRound, id: Int64) throws(TraceStoreError) {
    record.begin()
    record.set(1, row.refresh)
    record.set(2, Int64(row.number))
    record.set(3, row.loopEvent)
    record.set(4, row.lookupEvent)
    record.set(5, row.lookupRetEvent)
    record.set(6, row.testEvent)
    record.set(7, row.uhva.map { Int64(bitPattern: $0.rawValue) })
    record.set(8, row.outcome.rawValue)
    record.set(9, row.decision?.rawValue)
    record.set(10, row.cause?.rawValue)
    record.set(11, row.subCause?.rawValue)
    record.set(12, row.invalidation)
    record.set(13, row.durationNs)
    record.set(14, row.doubt?.rawValue)
    try table.append(rowid: id, record)
  }

  mutating func finish() throws(TraceStoreError) { try table.finish() }
}
