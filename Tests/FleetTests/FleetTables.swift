// What the tests ask a fleet database.

import KVMEvents
import Pipeline
import RealBinary
import Report
import TraceReaders
import TraceStore

enum FleetTables {
  /// The database of a case's recording, replayed in memory.
  static func replayed(_ trace: CorpusTrace) throws -> TraceDatabase {
    var request = ImportRequest(.file(path: trace.trace.path), database: .memory)
    let reading = try trace.corpusCase.description().reading
    request.clock = reading.clock.flatMap { TraceClock(rawValue: $0) }
    request.allowsTruncated = reading.allowTruncated == true
    return try RecordingImport(request, replay: ReplayRequest(), Listener()).run().recording.database
  }

  /// Writes the result of a case's recording.
  static func write(_ trace: CorpusTrace, to path: String, labels: [String: String] = [:]) throws {
    let result = try FleetResult(of: replayed(trace), name: trace.name, options: "", labels: labels)
    try result.write(to: path)
  }

  /// The rows of a SELECT, their values as text.
  static func rows(_ path: String, _ sql: String) throws -> [[String]] {
    let row = try FleetDatabase(at: path).statement(sql)
    return try rows(row)
  }

  static func rows(_ row: Statement) throws -> [[String]] {
    var rows: [[String]] = []
    while try row.step() {
      rows.append((0..<row.columnCount).map { row.isNull($0) ? "NULL" : row.text($0) })
    }
    return rows
  }
}
