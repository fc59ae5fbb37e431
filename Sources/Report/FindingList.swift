// `explain DB` without a number: the findings and counterexamples, a line each.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// All findings of a database that a filter leaves, the worst kinds first.
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
    // Within a kind and certainty by number.
    let places = Dictionary(uniqueKeysWithValues: Finding.Kind.allCases.enumerated().map { ($1, $0) })
    let byNumber = found.found.sorted {
      (places[$0.kind] ?? 0, $0.certainty.rawValue, $0.id) < (places[$1.kind] ?? 0, $1.certainty.rawValue, $1.id)
    }
    rows = byNumber.map { found in
      [
        "#\(found.id)", found.kind.rawValue, found.certainty.rawValue,
        found.tsNs.map { unit.stamp($0, resolutionNs: resolution) } ?? "", String(found.event),
        found.cache.map { String($0) } ?? "", found.task ?? "",
        found.issuer ?? found.refresh.flatMap { issuers.falsely($0) } ?? "",
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
    return table.headed
  }
}
