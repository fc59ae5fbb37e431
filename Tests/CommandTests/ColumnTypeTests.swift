// A column name has one type, wherever it occurs: no comparison of two columns of one name is empty for their types.

import Foundation
import RealBinary
import Testing

@Suite struct ColumnTypeTests {
  private struct Column: Decodable {
    let relation: String
    let isTable: Int
    let name: String
    let declared: String
  }

  private struct Found: Decodable {
    let relation: String
    let name: String
    let type: String
    let isHex: Int
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows<Row: Decodable>(_ database: String, _ sql: String) throws -> [Row] {
    let run = try Invocation(["query", database, sql, "--json"], in: folder)
    #expect(run.errorText == "")
    return try JSONDecoder().decode([Row].self, from: run.output)
  }

  private func columns(_ database: String) throws -> [Column] {
    try rows(
      database,
      """
      SELECT relation.name AS relation, relation.type = 'table' AS isTable, found.name AS name, lower(found.type) AS declared
      FROM sqlite_schema AS relation JOIN pragma_table_xinfo(relation.name) AS found
      WHERE relation.type IN ('table', 'view') AND relation.name NOT LIKE 'sqlite%'
      """)
  }

  /// The types that the values of each column have, and whether one of them is a number in hex.
  private func found(_ database: String, _ columns: [Column]) throws -> [Found] {
    let byRelation = Array(Dictionary(grouping: columns, by: \.relation))
    // SQLite joins at most 500 SELECTs.
    return try stride(from: 0, to: byRelation.count, by: 10).flatMap { start -> [Found] in
      let some = byRelation[start..<min(start + 10, byRelation.count)]
      let rows = some.map { "rows_of_\($0.key) AS MATERIALIZED (SELECT * FROM \"\($0.key)\" LIMIT 2000)" }
      let selects = some.flatMap(\.value).map { column in
        """
        SELECT '\(column.relation)' AS relation, '\(column.name)' AS name, typeof("\(column.name)") AS type,
          max("\(column.name)" GLOB '0x[0-9a-f]*') AS isHex
        FROM rows_of_\(column.relation) WHERE "\(column.name)" IS NOT NULL GROUP BY typeof("\(column.name)")
        """
      }
      return try self.rows(
        database, "WITH \(rows.joined(separator: ", ")) \(selects.joined(separator: " UNION ALL "))")
    }
  }

  @Test func oneTypePerName() throws {
    // Each table and view has rows in one of these.
    for name in [
      "overlap", "contract", "stale-witness-same-pfn", "two-vms-one-mm-lossy", "612117-olddefs", "cut-off",
      "v32-deadlock", "filtered-overlap", "gap-6.12.107",
    ] {
      _ = try Invocation([CorpusTrace(name).trace.path, "--db", "\(name).db"], in: folder)
    }
    var storm = StormText()
    for thread in 1...2050 { storm.start(thread, at: StormText.far) }
    storm.check()
    _ = try folder.write("storm.txt", storm.text)
    _ = try Invocation(["storm.txt", "--db", "storm.db"], in: folder)
    _ = try Invocation(["replay", "contract.db", "--retries-max", "0"], in: folder)
    _ = try Invocation(["compare", "overlap.db", "--form", "v6.9,v7.3"], in: folder)
    _ = try Invocation(["compare", "cut-off.db", "--form", "v6.9,v7.3"], in: folder)
    _ = try Invocation(["explore", "contract.db", "--protocol", "dwmw2-v2"], in: folder)
    _ = try Invocation(
      ["corpus", "run", CorpusTrace("contract").folder.path, "--db", "corpus.db", "--form", "v6.9"], in: folder)

    var types: [String: [String: Set<String>]] = [:]
    var filled: Set<String> = []
    var all: [Column] = []
    for database in try folder.names.filter({ $0.hasSuffix(".db") }) {
      let columns = try columns(database)
      all += columns
      for column in columns where column.isTable == 1 {
        types[column.name, default: [:]][column.declared, default: []].insert(column.relation)
      }
      for value in try found(database, columns) {
        types[value.name, default: [:]][value.type, default: []].insert(value.relation)
        filled.insert(value.relation)
        #expect(
          value.isHex == (value.name.hasSuffix("_hex") ? 1 : 0), "\(value.relation).\(value.name) and numbers in hex")
      }
    }
    for (name, relations) in types.sorted(by: { $0.key < $1.key }) {
      #expect(relations.count == 1, "\(name): \(relations)")
    }
    // Rows, not empty relations, are what the types were read from.
    let empty = Set(all.map(\.relation)).subtracting(filled)
    #expect(empty == ["verdict_change", "slow_down", "difference"])
    // A column in hex is that of a column which is a number somewhere.
    for name in Set(all.map(\.name)) where name.hasSuffix("_hex") {
      #expect(types[String(name.dropLast(4))]?.keys.contains("integer") == true, "\(name)")
    }
  }

  /// Every table with addresses has a view that shows all of them in hex.
  @Test func everyAddressIsThereInHex() throws {
    _ = try Invocation([CorpusTrace("contract").trace.path, "--db", "contract.db"], in: folder)
    let columns = try columns("contract.db")
    let inHex = Set(columns.filter { $0.name.hasSuffix("_hex") }.map { String($0.name.dropLast(4)) })
    #expect(inHex.isSuperset(of: ["kvm", "gpc", "uhva", "gpa", "pfn", "hva_start", "hva_end", "mn", "mm", "khva"]))
    for column in columns where column.isTable == 1 && inHex.contains(column.name) {
      let view = columns.contains { $0.relation == column.relation + "_hex" && $0.name == column.name + "_hex" }
      #expect(view, "\(column.relation).\(column.name)")
    }
  }

  /// What `trace-cmd report` prints, and the same by the exact stamps.
  @Test func secondsCompareAsNumbers() throws {
    struct Counts: Decodable, Equatable {
      let bySeconds: Int
      let byStamp: Int
      let byStart: Int
    }
    _ = try Invocation([CorpusTrace("overlap").trace.path, "--db", "overlap.db"], in: folder)
    let counts: [Counts] = try rows(
      "overlap.db",
      """
      WITH middle AS (SELECT (first_ts_ns + last_ts_ns) / 2 AS ts_ns, (last_ts_ns - first_ts_ns) / 2 AS half FROM trace)
      SELECT count(*) FILTER (WHERE seconds > 9) = count(*) AND count(*) FILTER (WHERE seconds > 1000000) = 0 AS bySeconds,
        count(*) FILTER (WHERE seconds > middle.ts_ns / 1e9) = count(*) FILTER (WHERE event_text.ts_ns > middle.ts_ns) AS byStamp,
        count(*) FILTER (WHERE since_start_ns > half) = count(*) FILTER (WHERE event_text.ts_ns > middle.ts_ns) AS byStart
      FROM event_text, middle
      """)
    #expect(counts == [Counts(bySeconds: 1, byStamp: 1, byStart: 1)])
  }
}
