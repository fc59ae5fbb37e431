// Checks into the table `cache_check`.

import KVMEvents

/// Writes the checks, and remembers where those can stand whose evidence reaches into a gap.
final class CacheCheckWriter {
  private let statement: Statement
  /// The most events between entry and return of a check so far.
  private var longest: Int64 = 0
  private var lastEvidence: EventID = 0

  init(on connection: Connection, schema: String) throws(TraceStoreError) {
    statement = try connection.prepare(insert("\(schema).cache_check", columns: 8))
  }

  func write(_ row: CacheCheck) throws(TraceStoreError) {
    let last = row.returnEvent ?? row.entryEvent
    longest = max(longest, last - row.entryEvent)
    lastEvidence = max(lastEvidence, last)
    statement.bind(1, row.id)
    statement.bind(2, Int64(row.cache))
    statement.bind(3, Int64(row.task))
    statement.bind(4, row.entryEvent)
    statement.bind(5, row.returnEvent)
    statement.bind(6, row.answer.map { $0 ? 1 : 0 })
    statement.bindRepeated(7, row.decision?.rawValue)
    statement.bindRepeated(8, row.doubt?.rawValue)
    try statement.run()
  }

  /// The entries of all checks so far that can have evidence between the two events.
  func entries(after: EventID, before: EventID) -> Range<EventID> {
    let first = after - longest
    return first..<max(first, min(before, lastEvidence + 1))
  }
}
