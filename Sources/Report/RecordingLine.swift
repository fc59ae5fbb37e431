// A recording of a batch as one line of JSON.

import FoundationEssentials
import Results
import TraceStore

/// What `batch` prints of each recording. Every key is always there (schema/batch.schema.json): the columns of the
/// table `recording`, and what belongs to this run.
package struct RecordingLine {
  /// Why there is no result, where there is none: a later run has to try again, or the file.
  package enum Failure: String, CaseIterable, Sendable {
    /// Not there, no file, or not to be read.
    case unreadable
    /// Its reading failed, or it changed meanwhile.
    case unsteady
    /// No space for temporary files.
    case noSpace = "no_space"
    /// The host gave less memory than one recording may take.
    case noMemory = "no_memory"
    /// Something else ended the process that judged it.
    case killed

    /// The same may go well another time.
    package var isTemporary: Bool { self != .unreadable }
  }

  /// Of this run.
  package struct Circumstances: Sendable {
    /// In the list of recordings: 1, 2, …
    package var position: Int
    /// As listed; nil: names are not kept.
    package var path: String?
    /// The result was there before.
    package var isCached = false
    /// The place of the recording's own database, from the folder of results; nil: it is not kept.
    package var events: String?
    package var seconds: Double?
    package var cpuSeconds: Double?
    package var residentMax: Int64?

    package init(position: Int, path: String?) {
      self.position = position
      self.path = path
    }
  }

  private let circumstances: Circumstances
  private var recording: FleetRecording
  private let labels: [String: String]
  private var failure: Failure?
  /// The place of the result, from the folder of results.
  private var result: String?
  private var findings: JSONValue = .null
  private var reasons: JSONValue = .null
  private var savings: JSONValue = .null

  /// Of a result.
  /// - Parameter place: from the folder of results.
  package init(_ fleet: FleetDatabase, place: String, _ circumstances: Circumstances) throws(TraceStoreError) {
    guard let (recording, labels) = try fleet.only() else { throw .notOurs(path: fleet.path) }
    (self.recording, self.labels, self.circumstances) = (recording, labels, circumstances)
    result = place
    guard recording.status == .judged else { return }
    findings = try Self.findings(in: fleet)
    reasons = .array(try Self.rows(of: "verdict_reason", in: fleet).compactMap { $0["sentence"] })
    savings = .array(try Self.rows(of: "form_saving", in: fleet).map { .object($0) })
  }

  /// Of a recording without a result.
  /// - Parameter recording: what is known of it.
  package init(
    _ failure: Failure, _ recording: FleetRecording, labels: [String: String], _ circumstances: Circumstances
  ) {
    (self.failure, self.recording, self.labels, self.circumstances) = (failure, recording, labels, circumstances)
  }

  /// For the progress: its verdict, or why it has none.
  package var word: String { failure?.rawValue ?? recording.verdict ?? recording.status.rawValue }

  package func text() throws -> String {
    var keys: [String: JSONValue] = [:]
    for (name, value) in recording.columns {
      keys[name] =
        switch value {
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case nil: .null
        }
    }
    if let failure {
      keys["status"] = .text(failure.rawValue)
      if recording.name.isEmpty { keys["name"] = .null }
    }
    keys["schema"] = .integer(Self.version)
    keys["kind"] = .text("recording")
    keys["labels"] = .object(labels.mapValues { .text($0) })
    keys["findings"] = findings
    keys["verdict_reasons"] = reasons
    keys["form_savings"] = savings
    keys["position"] = .integer(Int64(circumstances.position))
    keys["path"] = circumstances.path.map { .text($0) } ?? .null
    keys["result"] = result.map { .text($0) } ?? .null
    keys["events"] = circumstances.events.map { .text($0) } ?? .null
    keys["cached"] = .bool(circumstances.isCached)
    keys["seconds"] = circumstances.seconds.map { .number($0) } ?? .null
    keys["cpu_seconds"] = circumstances.cpuSeconds.map { .number($0) } ?? .null
    keys["peak_rss_bytes"] = circumstances.residentMax.map { .integer($0) } ?? .null
    return try JSONValue.object(keys).line()
  }

  /// Goes up with every change that readers of the lines would stumble over.
  private static let version: Int64 = 1

  /// All kinds, also those that it has none of: a column of a table has the same fields in all rows.
  private static func findings(in fleet: FleetDatabase) throws(TraceStoreError) -> JSONValue {
    let none = JSONValue.object(["certain": .integer(0), "possible": .integer(0)])
    var kinds = Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.map { ($0.rawValue, none) })
    for row in try rows(of: "finding_count", in: fleet) {
      guard case .text(let kind)? = row["kind"], case .text(let certainty)? = row["certainty"],
        case .object(var counts)? = kinds[kind]
      else { throw .damaged(table: "finding_count", reason: "it counts a kind that is not known") }
      counts[certainty] = row["count"]
      kinds[kind] = .object(counts)
    }
    return .object(kinds)
  }

  private static func rows(
    of table: String, in fleet: FleetDatabase
  ) throws(TraceStoreError) -> [[String: JSONValue]] {
    try fleet.rowsAsJSON(of: table).map { (text) throws(TraceStoreError) in
      do {
        return try JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
      } catch {
        throw .damaged(table: table, reason: "a row is no JSON")
      }
    }
  }
}
