// Queries read; they never write, and their output is what its form promises.

import Foundation
import KVMEvents
import Testing
import TraceStore

@Suite struct QueryTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("x.db")
    _ = try Example.database(at: .file(path))
  }

  private func run(_ sql: String, _ format: QueryFormat = .csv) throws -> String {
    var bytes: [UInt8] = []
    try Query(database: path).run(sql, format: format) {
      bytes += $0
      return true
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [
    "DELETE FROM event", "UPDATE trace SET file_name = ''", "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)",
    "ATTACH 'other.db' AS other", "VACUUM INTO 'copy.db'", "VACUUM", "PRAGMA query_only = OFF",
    "PRAGMA journal_mode = WAL", "PRAGMA user_version = 8", "BEGIN IMMEDIATE", "DROP VIEW stall", "REINDEX",
    "DETACH main", "SAVEPOINT a", "ANALYZE",
  ]) func refusesToWrite(sql: String) throws {
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    do {
      _ = try run(sql)
      Issue.record("\(sql) ran")
    } catch let error as TraceStoreError {
      guard case .queryNotReadOnly = error else { throw error }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(try folder.names == ["x.db"])
  }

  @Test func countsStatements() throws {
    #expect(throws: TraceStoreError.notOneStatement(count: 0)) { try run("") }
    #expect(throws: TraceStoreError.notOneStatement(count: 0)) { try run(" -- nothing\n") }
    #expect(throws: TraceStoreError.notOneStatement(count: 2)) { try run("SELECT 1; SELECT 2") }
    #expect(try run("SELECT 1 AS a; -- one\n;") == "a\r\n1\r\n")
  }

  @Test func repeatsSQLitesWords() throws {
    do {
      _ = try run("SELECT gfn FROM event")
      Issue.record("it ran")
    } catch let error as TraceStoreError {
      guard case .sqlite(_, let message, _) = error else { throw error }
      #expect(message == "no such column: gfn")
    }
  }

  @Test func tableValuedFunctionsRead() throws {
    #expect(try run("SELECT value FROM json_each('[7, 8]')") == "value\r\n7\r\n8\r\n")
    #expect(try run("SELECT name FROM pragma_table_info('cache') LIMIT 1") == "name\r\nid\r\n")
    #expect(throws: TraceStoreError.self) { try run("UPDATE sqlite_schema SET sql = ''") }
  }

  @Test func csv() throws {
    let sql = """
      SELECT 1 AS "a,b", 'x"y' AS q, 'two' || char(13, 10) || 'lines' AS l, NULL AS n, '' AS e, x'00ff' AS b, 1.5 AS r
      """
    #expect(try run(sql) == "\"a,b\",q,l,n,e,b,r\r\n1,\"x\"\"y\",\"two\r\nlines\",,\"\",00ff,1.5\r\n")
  }

  @Test func json() throws {
    let sql = """
      SELECT -9223372036854775807 - 1 AS least, 'a"\\' || char(10, 1, 233) AS t, NULL AS n, 9e999 AS i, x'41' AS b
      UNION ALL SELECT 1, CAST(x'61ff' AS TEXT), 2, 3, 4
      """
    #expect(
      try run(sql, .json) == """
        [
        {"least":-9223372036854775808,"t":"a\\"\\\\\\n\\u0001é","n":null,"i":1e999,"b":"41"},
        {"least":1,"t":"a\u{fffd}","n":2,"i":3,"b":4}
        ]

        """)
    #expect(try run("SELECT 1 WHERE 0", .json) == "[]\n")
  }

  @Test func table() throws {
    let sql = "SELECT 'é' AS name, 10 AS n, 'a' || char(10) || 'b' AS x UNION ALL SELECT 'long', 9, NULL"
    #expect(
      try run(sql, .table) == """
        name  n   x
        ----  --  ------
        é     10  a\\x0ab
        long   9

        """)
    #expect(try run("SELECT 1 AS one WHERE 0", .table) == "one\n---\n")
  }

  @Test(arguments: [QueryFormat.table, .csv, .json]) func bigResultsStream(format: QueryFormat) throws {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, 'text' FROM n"
    var pieces = 0
    var largest = 0
    // Without an end: only a sink that says stop ends it.
    try Query(database: path).run(sql, format: format) {
      pieces += 1
      largest = max(largest, $0.count)
      return pieces < 20
    }
    #expect(pieces == 20)
    #expect(largest < 200_000)
  }

  @Test func knowsItsOwn() throws {
    let other = folder.file("other.db")
    try Data().write(to: URL(fileURLWithPath: other))
    #expect(throws: TraceStoreError.notOurs(path: other)) { _ = try Query(database: other) }
    let none = folder.file("none")
    #expect(throws: TraceStoreError.notFound(path: none)) { _ = try Query(database: none) }
  }
}
