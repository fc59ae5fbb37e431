// `explain DB` without a number: the findings and counterexamples, a line each.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// All findings of a database that a filter leaves, worst first.
package struct FindingList {
  private var rows: [[String]] = []
  private let facts: RecordingFacts
  private let isReplayed: Bool

  package init(_ database: TraceDatabase, _ filter: ReportFilter) throws(TraceStoreError) {
    facts = try database.facts()
    isReplayed = try database.replaySettings() != nil
    let (unit, resolution) = (facts.stampUnit, facts.resolutionNs)
    let found = try FoundList(database, filter)
    let issuers = try Issuers(
      database.roundTally(issuersOf: Set(found.excessive.keys)).issuers, in: database)
    let condition = filter.condition(FoundList.columns)
    rows = try database.rows(
      """
      SELECT finding.id AS id, finding.kind AS kind, certainty, event.id AS event_id, event.ts_ns AS ts_ns,
        finding.cache_id AS cache_id, finding.refresh_id AS refresh_id, task.comm || '-' || task.pid AS task,
        issuer.comm || '-' || issuer.pid AS issuer
      FROM finding
      LEFT JOIN event ON event.id = finding.event_id LEFT JOIN task ON task.id = event.task_id
      LEFT JOIN invalidation ON invalidation.id = finding.invalidation_id
      LEFT JOIN task AS issuer ON issuer.id = invalidation.task_id
      LEFT JOIN finding_kind ON finding_kind.name = finding.kind
      WHERE \(condition) ORDER BY finding_kind.position, certainty, finding.id
      """, filter.task
    ) { row in
      let issuer = row.optionalText("issuer") ?? row.optionalInteger("refresh_id").flatMap { issuers.falsely($0) }
      return [
        "#\(row.integer("id"))", row.text("kind"), row.text("certainty"),
        row.optionalInteger("ts_ns").map { unit.stamp($0, resolutionNs: resolution) } ?? "",
        String(row.integer("event_id")),
        row.optionalInteger("cache_id").map { String($0) } ?? "", row.optionalText("task") ?? "",
        issuer ?? "",
      ]
    }
    guard filter == ReportFilter() else { return }
    rows += try database.rows(
      "SELECT id, form, verdict, window FROM counterexample_report"
    ) {
      [
        "#\($0.integer("id"))", "explore", $0.text("verdict"), "", "", "", $0.text("form"),
        "window \($0.integer("window"))",
      ]
    }
  }

  package func lines(width: Int) -> [StyledLine] {
    if !isReplayed { return ["not replayed: gpc-replay replay judges it"] }
    if rows.isEmpty { return ["no findings"] }
    let heading = ["id", "kind", "certainty", "time", facts.eventPlace.rawValue, "cache", "task", "invalidation of"]
    let table = fitted([heading] + rows, right: [0, 3, 4, 5], optional: [5, 4, 3], width: width)
    return table.enumerated().map {
      StyledLine($1, $0 == 0 ? .heading : .plain)
    }
  }
}
