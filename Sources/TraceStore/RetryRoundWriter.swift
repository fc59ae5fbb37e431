// Rounds of retry loops into the table `retry_round`: a fifth as many rows as events, so written in the same way.

import KVMEvents
import Results

/// Numbers and writes the rounds.
final class RetryRoundWriter {
  private var pages: RetryRoundPages?
  private let rows: TableWriter<RetryRound>?
  private var marks = EvidenceMarks()

  /// Into a new database.
  init(_ table: consuming TableBuilder) {
    pages = RetryRoundPages(table)
    rows = nil
  }

  /// Into a database that SQLite is using.
  init(on connection: Connection) throws(TraceStoreError) {
    pages = nil
    rows = try TableWriter(on: connection)
  }

  func write(_ row: RetryRound) throws(TraceStoreError) {
    let id = marks.append(row.settledEvent ?? row.testEvent ?? row.lookupRetEvent ?? row.lookupEvent ?? row.loopEvent)
    if let rows { try rows.write(row, id: id) } else { try pages?.append(row, id: id) }
  }

  func rowids(after event: EventID) -> Range<Int64> { marks.rowids(after: event) }

  func finish() throws(TraceStoreError) {
    try pages?.finish()
    pages = nil
  }
}

/// Bypasses SQLite. A separate value, so that a row is one access to the class that holds it, instead of one per
/// column.
/// column.
private struct RetryRoundPages: ~Copyable {
  private var table: TableBuilder
  private var record = RecordEncoder()

  init(_ table: consuming TableBuilder) {
    self.table = table
  }

  mutating func append(_ row: RetryRound, id: Int64) throws(TraceStoreError) {
    record.begin()
    // The number is the row's id, which no record repeats.
    row.encode(into: &record, id: nil)
    try table.append(rowid: id, record)
  }

  mutating func finish() throws(TraceStoreError) { try table.finish() }
}
