// Rounds of retry loops into the table `retry_round`: a fifth as many rows as events, so written with care.

import KVMEvents

/// Numbers and writes the rounds.
final class RetryRoundWriter {
  private let statement: Statement
  private var marks = EvidenceMarks()

  init(on connection: Connection) throws(TraceStoreError) {
    statement = try connection.prepare(insert("retry_round", columns: 14))
  }

  func write(_ row: RetryRound) throws(TraceStoreError) {
    let last = row.testEvent ?? row.lookupRetEvent ?? row.lookupEvent ?? row.loopEvent
    statement.bind(1, marks.append(last))
    statement.bind(2, row.refresh)
    statement.bind(3, Int64(row.number))
    statement.bind(4, row.loopEvent)
    statement.bind(5, row.lookupEvent)
    statement.bind(6, row.lookupRetEvent)
    statement.bind(7, row.testEvent)
    statement.bind(8, row.uhva.map { Int64(bitPattern: $0.rawValue) })
    statement.bind(9, row.outcome.rawValue)
    statement.bind(10, row.decision?.rawValue)
    statement.bind(11, row.cause?.rawValue)
    statement.bind(12, row.subCause?.rawValue)
    statement.bind(13, row.invalidation)
    statement.bind(14, row.durationNs)
    try statement.run()
  }

  func rowids(after event: EventID) -> ClosedRange<Int64> { marks.rowids(after: event) }

  func flush() throws(TraceStoreError) {}
}
