// What stands in the database at the end: the rows of one replay after its amendments, and the verdict.

import KVMEvents
import Report
import Results
import TraceStore

/// What is said of one recording, or of a part of it.
package struct Judgement: Sendable {
  struct CacheRow: Sendable {
    let id: Int64
    let gpc: UInt64
    let firstEvent: EventID
  }

  struct InvalidationRow: Sendable {
    let id: Int64
    /// Of its hooks, in order; nil where there is none.
    let events: [EventID?]
  }

  struct RoundRow: Sendable {
    let refresh: Int64
    let loop, lookup, lookupRet, test: EventID?
    let outcome: RetryRound.Outcome?
    let decision: Decision?
    let cause: RetryRound.Cause?
    let subCause: RetryRound.SubCause?

    var events: [EventID] { [test, lookup, lookupRet, loop].compactMap { $0 } }
  }

  struct CheckRow: Sendable {
    let id: Int64
    let entry: EventID
    let ret: EventID?
    let answer: Bool?
    let decision: Decision?
  }

  package struct FindingRow: Sendable {
    let kind: Finding.Kind
    package let isCertain: Bool
    let cache: Int64?
    package let event: EventID
    let invalidation: Int64?
    let refresh: Int64?
    let check: Int64?
    package let proof: [EventID]
    let summary: String
  }

  var caches: [CacheRow] = []
  var invalidations: [InvalidationRow] = []
  var rounds: [RoundRow] = []
  var checks: [CheckRow] = []
  var findings: [FindingRow] = []
  /// Signs of events that were left out without a marker.
  package private(set) var silentOmissions: [String] = []
  /// Fields that are not used: probe, field and sign.
  package private(set) var implausibleFields: [String] = []
  package private(set) var status: ReportVerdict.Status = .clean
}

extension Judgement {
  init(_ database: TraceDatabase) throws {
    caches = try database.all("SELECT id, gpc, first_event_id FROM cache ORDER BY id") { row in
      CacheRow(
        id: row.integer("id"), gpc: UInt64(bitPattern: row.integer("gpc")), firstEvent: row.integer("first_event_id"))
    }
    silentOmissions = try database.all("SELECT sign FROM silent_omission ORDER BY id") { $0.text("sign") }
    implausibleFields = try database.all(
      "SELECT kind_id || ' ' || field || ' ' || sign AS sign FROM implausible_field ORDER BY id"
    ) { $0.text("sign") }
    invalidations = try database.all(
      """
      SELECT id, start_event_id, walk_event_id, start_ret_event_id, end_event_id, end_ret_event_id FROM invalidation
      """
    ) { row in
      InvalidationRow(
        id: row.integer("id"),
        events: ["start", "walk", "start_ret", "end", "end_ret"].map { row.optionalInteger("\($0)_event_id") })
    }
    rounds = try database.all(
      """
      SELECT refresh_id, loop_event_id, lookup_event_id, lookup_ret_event_id, test_event_id, outcome, decision, cause,
        sub_cause
      FROM retry_round ORDER BY id
      """
    ) { row in
      RoundRow(
        refresh: row.integer("refresh_id"), loop: row.optionalInteger("loop_event_id"),
        lookup: row.optionalInteger("lookup_event_id"),
        lookupRet: row.optionalInteger("lookup_ret_event_id"), test: row.optionalInteger("test_event_id"),
        outcome: RetryRound.Outcome(rawValue: row.text("outcome")),
        decision: row.optionalText("decision").flatMap(Decision.init),
        cause: row.optionalText("cause").flatMap(RetryRound.Cause.init),
        subCause: row.optionalText("sub_cause").flatMap(RetryRound.SubCause.init))
    }
    checks = try database.all(
      "SELECT id, entry_event_id, return_event_id, answer, decision FROM cache_check ORDER BY id"
    ) { row in
      CheckRow(
        id: row.integer("id"), entry: row.integer("entry_event_id"), ret: row.optionalInteger("return_event_id"),
        answer: row.optionalInteger("answer").map { $0 == 1 },
        decision: row.optionalText("decision").flatMap(Decision.init))
    }
    findings = try Self.findings(database)
    status = try Report(database, findingsMax: 0).verdict.status
  }

  private static func findings(_ database: TraceDatabase) throws -> [FindingRow] {
    try database.all(
      """
      SELECT kind, certainty, cache_id, event_id, invalidation_id, refresh_id, check_id, summary,
        (SELECT group_concat(event_id, ' ') FROM finding_event WHERE finding_id = finding.id) AS proof
      FROM finding ORDER BY id
      """
    ) { row in
      FindingRow(
        kind: Finding.Kind(rawValue: row.text("kind")) ?? .divergence, isCertain: row.text("certainty") == "certain",
        cache: row.optionalInteger("cache_id"), event: row.integer("event_id"),
        invalidation: row.optionalInteger("invalidation_id"),
        refresh: row.optionalInteger("refresh_id"), check: row.optionalInteger("check_id"),
        proof: row.text("proof").split(separator: " ").compactMap { EventID($0) }, summary: row.text("summary"))
    }
  }
}

extension TraceDatabase {
  fileprivate func all<Row>(_ sql: String, _ read: (Statement) -> Row) throws -> [Row] {
    let statement = try statement(sql)
    var rows: [Row] = []
    while try statement.step() { rows.append(read(statement)) }
    return rows
  }
}

extension Judgement {
  package func findings(_ kind: Finding.Kind) -> [FindingRow] { findings.filter { $0.kind == kind } }
  package func tests(_ decision: Decision) -> Int { rounds.count { $0.decision == decision } }
  package func checks(_ decision: Decision) -> Int { checks.count { $0.decision == decision } }
  package var findingCount: Int { findings.count }
  /// Of the false rounds for which a retry is certainly excessive.
  package var excessiveEvents: Set<EventID> {
    let refreshes = Set(findings(.excessiveRetry).filter(\.isCertain).compactMap(\.refresh))
    return Set(rounds.filter { $0.cause == .false && refreshes.contains($0.refresh) }.flatMap(\.events))
  }
  package var necessaryEvents: Set<EventID> { Set(rounds.filter { $0.cause == .necessary }.flatMap(\.events)) }

  /// Each finding but excessive retries in a line.
  package var findingLines: [String] {
    findings.filter { $0.kind != .excessiveRetry }.map { finding in
      let certainty = finding.isCertain ? "certain" : "possible"
      return "\(finding.kind.rawValue), \(certainty), \(WholeRecording.place(of: finding.event)): \(finding.summary)"
    }
  }
}
