// A new fleet database: a result of one recording, or what is merged of many.

import KVMEvents
import Results
import Schema

/// Writes recordings into a new fleet database. There is nothing under the final name before `finish` has returned. The
/// same recordings in the same order are the same bytes.
package final class FleetWriter {
  /// A durations' histogram by the word of `latency_bucket.kind`.
  package typealias Latencies = [(kind: String, histogram: LatencyHistogram)]

  private let file: PartialFile
  private let connection: Connection
  private let tables: [(table: FleetTable, insertion: Statement)]
  private let recordingInsertion: Statement

  /// - Parameter isResult: of one recording: small pages, since each table takes one.
  package init(at path: String, isResult: Bool) throws(TraceStoreError) {
    try PartialFile.checkReplaceable(path, .fleet)
    file = try PartialFile(for: path, .fleet)
    connection = try Connection(file.path, mode: .create)
    try connection.execute(
      """
      PRAGMA page_size = \(isResult ? 1024 : 4096); PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      PRAGMA cache_size = -16384;
      BEGIN; \(Schema.fleet)
      """)
    let writing = connection
    tables = try FleetTable.all(connection).map { (table) throws(TraceStoreError) in
      (table, try table.insertion(on: writing))
    }
    let count = try connection.integer("SELECT count(*) FROM pragma_table_info('recording')")
    let places = Array(repeating: "?", count: Int(count)).joined(separator: ", ")
    recordingInsertion = try connection.prepare("INSERT INTO recording VALUES (\(places))")
  }

  /// Writes the result of one recording, as its only one.
  /// - Parameters:
  ///   - labels: values by names.
  ///   - database: its own; nil: it is not judged.
  ///   - reasons: of the verdict.
  package func write(
    _ recording: FleetRecording, labels: [String: String], reasons: [String] = [], latencies: Latencies = [],
    from database: TraceDatabase? = nil
  ) throws(TraceStoreError) {
    try connection.insert(facts: recording, into: "recording")
    for (table, insertion) in tables {
      switch table.name {
      case "label":
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) { try insertion.run(Self.only, name, value) }
      case "verdict_reason":
        for (index, sentence) in reasons.enumerated() { try insertion.run(Self.only, index + 1, sentence) }
      case "latency_bucket":
        for (kind, histogram) in latencies {
          for step in histogram.steps { try insertion.run(Self.only, kind, step.lowerNs, step.upperNs, step.count) }
        }
      case _:
        guard let database, let sql = table.ofTrace else { continue }
        try copy(try database.statement(sql), into: insertion, Self.only)
      }
    }
  }

  /// The only recording of a result.
  private static let only: Int64 = 1

  /// Copies a recording of another fleet database, as number `id` of this one. Throws `busy` if it is not there any
  /// more: the file was replaced.
  package func copy(_ name: String, of fleet: FleetDatabase, as id: Int64) throws(TraceStoreError) {
    guard let recording = try fleet.id(of: name) else { throw .busy(path: fleet.path) }
    let (own, rows) = try fleet.rows(of: recording, in: tables.map(\.table))
    guard try own.step() else { throw .busy(path: fleet.path) }
    recordingInsertion.bind(1, id)
    recordingInsertion.bind(own, from: 2)
    try recordingInsertion.run()
    own.reset()
    for (row, target) in zip(rows, tables) { try copy(row, into: target.insertion, id) }
  }

  private func copy(_ row: Statement, into insertion: Statement, _ id: Int64) throws(TraceStoreError) {
    insertion.bind(1, id)
    while try row.step() {
      insertion.bind(row, from: 2)
      try insertion.run()
    }
    row.reset()
  }

  /// Renames it into place. The writer is used up.
  package func finish() throws(TraceStoreError) {
    try connection.commit()
    try file.publish { _ in }
  }
}
