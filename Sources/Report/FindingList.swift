// `explain DB` without a number: the findings and counterexamples, a line each.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// All findings of a database that a filter leaves, worst first.
package struct FindingList {
  private var rows: [[String]] = []
  private let facts: RecordingFacts

  package init(_ database: TraceDatabase, _ filter: ReportFilter) throws(TraceStoreError) {
    facts = try database.facts()
    let (unit, resolution) = (facts.stampUnit, facts.resolutionNs)
    let condition = filter.condition(
      ReportFilter.Columns(
        vm: "finding.vm_id", cache: "finding.cache_id", time: "event.ts_ns", tasks: ["task", "issuer"]))
    rows = try database.rows(
      """
      SELECT finding.id AS id, finding.kind AS kind, certainty, event.id AS event_id, event.ts_ns AS ts_ns,
        finding.cache_id AS cache_id, task.comm || '-' || task.pid AS task, issuer.comm || '-' || issuer.pid AS issuer
      FROM finding
      LEFT JOIN event ON event.id = finding.event_id LEFT JOIN task ON task.id = event.task_id
      LEFT JOIN invalidation ON invalidation.id = finding.invalidation_id
      LEFT JOIN task AS issuer ON issuer.id = invalidation.task_id
      LEFT JOIN finding_kind ON finding_kind.name = finding.kind
      WHERE \(condition) ORDER BY finding_kind.position, certainty, finding.id
      """, filter.task
    ) {
      [
        "#\($0.integer("id"))", $0.text("kind"), $0.text("certainty"),
        $0.optionalInteger("ts_ns").map { unit.stamp($0, resolutionNs: resolution) } ?? "",
        String($0.integer("event_id")),
        $0.optionalInteger("cache_id").map { String($0) } ?? "", $0.optionalText("task") ?? "",
        $0.optionalText("issuer") ?? "",
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

  package var lines: [StyledLine] {
    if rows.isEmpty { return ["no findings"] }
    let heading = ["id", "kind", "certainty", "time", facts.eventPlace.rawValue, "cache", "task", "invalidation of"]
    return aligned([heading] + rows, right: [0, 3, 4, 5]).enumerated().map {
      StyledLine($1, $0 == 0 ? .heading : .plain)
    }
  }
}
