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

  private func run(_ sql: String, _ format: QueryFormat = .csv()) throws -> String {
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

  /// By the column's name, or that of the table's column that it is; jq would round the numbers.
  @Test func jsonHasU64sInHex() throws {
    let sql = "SELECT gpc, last_uhva, epoch AS era, other, n FROM (SELECT *, gpc AS other, gpc + 0 AS n FROM cache_hex)"
    #expect(
      try run(sql, .json) == """
        [
        {"gpc":"0xffff88810000a668","last_uhva":"0x7f0000010000","era":0,"other":"0xffff88810000a668","n":-131387344509336}
        ]

        """)
    #expect(
      try run("SELECT NULL AS kvm, 1.5 AS gpa, 'x' AS mm", .json) == "[\n{\"kvm\":null,\"gpa\":1.5,\"mm\":\"x\"}\n]\n")
  }

  /// A comm can be a formula. Numbers are none, and --csv changes nothing.
  @Test func csvForSpreadsheetsHasNoFormulas() throws {
    let sql = "SELECT '=1+1' AS a, '+x' AS b, '-x,y' AS c, '@x' AS d, char(9) || 'x' AS e, 'x=1' AS f, -1 AS g, '' AS h"
    #expect(
      try run(sql, .csv(forSpreadsheet: true)) == "a,b,c,d,e,f,g,h\r\n'=1+1,'+x,\"'-x,y\",'@x,'\tx,x=1,-1,\"\"\r\n")
    #expect(try run(sql, .csv()) == "a,b,c,d,e,f,g,h\r\n=1+1,+x,\"-x,y\",@x,\tx,x=1,-1,\"\"\r\n")
    #expect(try run("SELECT 1 AS '=a'", .csv(forSpreadsheet: true)) == "'=a\r\n1\r\n")
  }

  /// Memory is bounded, whatever is asked for.
  @Test(arguments: ["SELECT zeroblob(100000000)", "SELECT length(replace(hex(zeroblob(30000000)), '0', 'abc'))"])
  func valuesAreBounded(sql: String) throws {
    do {
      _ = try run(sql)
      Issue.record("\(sql) ran")
    } catch let error as TraceStoreError {
      guard case .sqlite(_, let message, _) = error else { throw error }
      #expect(message == "string or blob too big")
    }
  }

  @Test func table() throws {
    let sql = "SELECT 'é' AS name, 10 AS n, 'a' || char(10) || 'b' AS x UNION ALL SELECT 'long', 9, NULL"
    #expect(
      try run(sql, .table()) == """
        name  n   x
        ----  --  ------
        é     10  a\\x0ab
        long   9

        """)
    #expect(try run("SELECT 1 AS one WHERE 0", .table()) == "one\n---\n")
  }

  /// An East Asian wide character takes two columns, a combining one none; what a terminal obeys is shown as escapes.
  @Test func widthsAreATerminals() throws {
    let sql = "SELECT '漢字' AS a, 1 AS b UNION ALL SELECT 'e' || char(0x301), 2 UNION ALL SELECT char(0x202e) || 'y', 3"
    #expect(
      try run(sql, .table())
        == "a        b\n-------  -\n漢字     1\ne\u{301}        2\n\\u202ey  3\n")
  }

  /// Rows that do not fit are a line per value, later ones as well; NULL is no value.
  @Test func uprightRows() throws {
    let sql = "SELECT 'a b' AS name, NULL AS missing, 7 AS n"
    let upright = "-[ row 1 ]-\nname     a b\nmissing\nn        7\n"
    #expect(try run(sql, .table(width: 15)) == upright)
    #expect(try run(sql, .table(width: 16)) == "name  missing  n\n----  -------  -\na b            7\n")
    let many =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 502) SELECT i AS n, 'xyz' AS t FROM n"
    let lines = try run(many, .table(width: 4)).split(separator: "\n")
    #expect(lines.count == 502 * 3)
    #expect(lines.suffix(3) == ["-[ row 502 ]-", "n  502", "t  xyz"])
    #expect(try run("SELECT 1 AS one_that_is_long WHERE 0", .table(width: 4)).hasPrefix("one_that_is_long\n"))
  }

  @Test(arguments: [QueryFormat.table(), .csv(), .json]) func bigResultsStream(format: QueryFormat) throws {
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

  /// The widths are those of the first 500 rows.
  @Test func laterRowsStickOut() throws {
    let sql = """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 502)
      SELECT iif(i = 501, 'longer', 'a') AS t, iif(i = 500, 1000, i % 10) AS n, iif(i % 2, NULL, 'x') AS x FROM n
      """
    let lines = try run(sql, .table()).split(separator: "\n")
    #expect(lines.prefix(3) == ["t  n     x", "-  ----  -", "a     1"])
    #expect(lines.suffix(3) == ["a  1000  x", "longer     1", "a     2  x"])
  }

  @Test func readsAnotherDatabase() throws {
    let other = folder.file("it's.db")
    _ = try Example.database(at: .file(other))
    let query = try Query(database: path, attached: [AttachedDatabase(name: "later", path: other)])
    func run(_ sql: String) throws -> String {
      var bytes: [UInt8] = []
      try query.run(sql, format: .csv()) {
        bytes += $0
        return true
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    let sql = "SELECT (SELECT count(*) FROM event) = count(*) AS same, count(*) > 20 AS many FROM later.event_text"
    #expect(try run(sql) == "same,many\r\n1,1\r\n")
    for sql in ["DELETE FROM later.event", "DETACH later", "ATTACH 'x.db' AS x"] {
      #expect(throws: TraceStoreError.self) { try run(sql) }
    }
    #expect(try folder.names == ["it's.db", "x.db"])
  }

  @Test func attachesOnlyItsOwn() throws {
    let other = folder.file("other.db")
    #expect(throws: TraceStoreError.notFound(path: other)) {
      _ = try Query(database: path, attached: [AttachedDatabase(name: "other", path: other)])
    }
    try Data("no database, but long enough to be read as one".utf8).write(to: URL(fileURLWithPath: other))
    #expect(throws: TraceStoreError.notOurs(path: other)) {
      _ = try Query(database: path, attached: [AttachedDatabase(name: "other", path: other)])
    }
  }

  /// What there is of the rows is printed, also if it was held back to find the widths.
  @Test(arguments: [QueryFormat.table(), .csv(), .json]) func interruptedWithItsRows(format: QueryFormat) throws {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 4"
    var asked = 0
    var text = ""
    let isInterrupted = {
      asked += 1
      return asked == 3
    }
    let end = try Query(database: path).run(sql, format: format, isInterrupted: isInterrupted) {
      text += String(decoding: copy $0, as: UTF8.self)
      return true
    }
    #expect(end == .interrupted && asked == 3)
    #expect(text.filter(\.isNumber) == "123")
  }

  @Test func knowsItsOwn() throws {
    let other = folder.file("other.db")
    try Data().write(to: URL(fileURLWithPath: other))
    #expect(throws: TraceStoreError.notOurs(path: other)) { _ = try Query(database: other) }
    let none = folder.file("none")
    #expect(throws: TraceStoreError.notFound(path: none)) { _ = try Query(database: none) }
  }
}
