// The tables of a fleet database that hold rows of recordings.

import Schema

/// A table whose rows begin with the recording that they are of.
struct FleetTable {
  let name: String
  /// Without `recording_id`, in their order.
  let columns: [String]

  /// All of a fleet database's.
  static func all(_ connection: Connection) throws(TraceStoreError) -> [FleetTable] {
    var tables: [FleetTable] = []
    for relation in Relation.ofFleet where !relation.isView {
      let row = try connection.prepare("SELECT name FROM pragma_table_info(?1)", [relation.name])
      var columns: [String] = []
      while try row.step() { columns.append(row.text("name")) }
      if columns.first == "recording_id" {
        tables.append(FleetTable(name: relation.name, columns: Array(columns.dropFirst())))
      }
    }
    return tables
  }

  /// The id first, then the columns.
  func insertion(on connection: Connection) throws(TraceStoreError) -> Statement {
    let places = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
    return try connection.prepare("INSERT INTO \(name) VALUES (\(places))")
  }

  /// The rows of a recording's own database, in their order; nil: they come from elsewhere.
  var ofTrace: String? {
    let list = columns.joined(separator: ", ")
    switch name {
    case "label", "verdict_reason", "latency_bucket": return nil
    case "finding_count": return "SELECT kind, certainty, count(*) FROM finding GROUP BY kind, certainty"
    case "finding":
      return """
        SELECT row_number() OVER (), id, kind, certainty, event_id, coalesce(since_start_ns, 0), summary, coalesce(proof, '')
        FROM finding_report LIMIT \(Self.findingsMax)
        """
    case "retry_by_cause":
      return """
        SELECT cause, coalesce(sub_cause, ''), rounds, refreshes, lost_ns FROM retry_by_cause
        """
    case _: return "SELECT \(list) FROM \(name)"
    }
  }

  /// Of one recording; the sums count all of them.
  private static let findingsMax = 100
}
