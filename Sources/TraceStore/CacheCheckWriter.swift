// Writes checks into the table `cache_check`.

import KVMEvents
import Results

/// Writes the checks, and remembers the rows whose evidence may reach into a gap.
final class CacheCheckWriter {
  private let rows: TableWriter<CacheCheck>
  /// The most events between entry and return of a check so far.
  private var longest: Int64 = 0
  private var lastEvidence: EventID = 0

  init(on connection: Connection, schema: String) throws(TraceStoreError) {
    rows = try TableWriter(on: connection, schema: schema)
  }

  func write(_ row: CacheCheck) throws(TraceStoreError) {
    let last = row.returnEvent ?? row.entryEvent
    longest = max(longest, last - row.entryEvent)
    lastEvidence = max(lastEvidence, last)
    try rows.write(row)
  }

  /// The entries of all checks so far that can have evidence between the two events.
  func entries(after: EventID, before: EventID) -> Range<EventID> {
    let first = after - longest
    return first..<max(first, min(before, lastEvidence + 1))
  }
}
