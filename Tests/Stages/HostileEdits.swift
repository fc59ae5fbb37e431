// What is done to a database to see that nothing in it is believed: values in its rows, and bytes of its file.

import CSQLite
import Glibc

/// A list of edits as bytes, for the fuzzer and for drawn ones: 12 of them make one edit.
///
///     byte 0  bit 0: 0 a value in one row, 1 bytes of the file; bit 1: the value in all rows
///          1  the table
///          2  the column
///          3  the row
///     4..11  the value, or where in the file (its upper half) and what there (its lower half)
package struct HostileEdits {
  private static let size = 12
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// One value in one column of all rows.
  package init(_ table: Int, _ column: Int, allRows value: Int64) {
    bytes =
      [2, UInt8(truncatingIfNeeded: table), UInt8(truncatingIfNeeded: column), 0]
      + withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// The same by names; nil: there is no such column.
  package init?(_ table: String, _ column: String, allRows value: Int64, _ tables: [HostileTable]) {
    guard let place = tables.firstIndex(where: { $0.name == table }),
      let column = tables[place].columns.firstIndex(of: column)
    else { return nil }
    self.init(place, column, allRows: value)
  }

  /// Changes the database at `path`. What SQLite refuses (a text in a STRICT table's INTEGER) is left out.
  package func apply(to path: String, _ tables: [HostileTable]) {
    var database: OpaquePointer?
    precondition(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, "the copy can be opened")
    let settings = "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN"
    sqlite3_exec(database, settings, nil, nil, nil)
    var pokes: [(place: Int, value: UInt32)] = []
    for start in stride(from: 0, to: bytes.count - Self.size + 1, by: Self.size) {
      let edit = bytes[start..<start + Self.size].map { $0 }
      let number = edit[4...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if edit[0] & 1 == 1 {
        pokes.append((Int(number >> 32), UInt32(truncatingIfNeeded: number)))
      } else {
        sqlite3_exec(database, sql(edit, Int64(bitPattern: number), tables), nil, nil, nil)
      }
    }
    sqlite3_exec(database, "COMMIT", nil, nil, nil)
    sqlite3_close(database)
    if !pokes.isEmpty { poke(path, pokes) }
    // Else each of them would be one and the same error.
    Resealed.seal(path)
  }

  /// Runs `sql` as plain SQLite does, and makes the pages whole again.
  package static func run(_ sql: String, on path: String) throws {
    var database: OpaquePointer?
    precondition(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK, "the copy can be opened")
    let code = sqlite3_exec(database, sql, nil, nil, nil)
    sqlite3_close(database)
    guard code == SQLITE_OK else { throw Refused(code: code) }
    Resealed.seal(path)
  }

  /// By SQLite.
  package struct Refused: Error {
    let code: Int32
  }

  private func sql(_ edit: [UInt8], _ value: Int64, _ tables: [HostileTable]) -> String {
    let table = tables[Int(edit[1]) % tables.count]
    let column = table.columns[Int(edit[2]) % table.columns.count]
    let place = "rowid = (SELECT rowid FROM \(table.name) LIMIT 1 OFFSET \(edit[3]))"
    let rows = edit[0] & 2 == 2 ? "" : table.hasRowid ? " WHERE \(place)" : ""
    return
      "UPDATE OR IGNORE \(table.name) SET \(column) = \(value == .min ? "-9223372036854775807 - 1" : "\(value)")\(rows)"
  }

  private func poke(_ path: String, _ pokes: [(place: Int, value: UInt32)]) {
    let descriptor = open(path, O_RDWR)
    precondition(descriptor >= 0, "the copy can be opened")
    defer { close(descriptor) }
    var status = stat()
    fstat(descriptor, &status)
    for poke in pokes {
      var value = poke.value
      pwrite(descriptor, &value, 4, off_t(poke.place % max(1, Int(status.st_size) - 4)))
    }
  }
}

/// A table and its columns.
package struct HostileTable {
  package let name: String
  package let columns: [String]
  let hasRowid: Bool

  /// Those of the database at `path`, in the order of their names.
  package static func all(of path: String) -> [HostileTable] {
    var database: OpaquePointer?
    precondition(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK, "the template can be opened")
    defer { sqlite3_close(database) }
    let rows = texts(
      database,
      """
      SELECT t.name || ' ' || t.wr || ' ' || group_concat(c.name, ' ') FROM pragma_table_list AS t
      JOIN pragma_table_info(t.name) AS c WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
      GROUP BY t.name ORDER BY t.name
      """)
    return rows.map { row in
      let words = row.split(separator: " ").map(String.init)
      return HostileTable(name: words[0], columns: Array(words[2...]), hasRowid: words[1] == "0")
    }
  }

  private static func texts(_ database: OpaquePointer?, _ sql: String) -> [String] {
    var statement: OpaquePointer?
    precondition(sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, "the schema can be asked")
    defer { sqlite3_finalize(statement) }
    var texts: [String] = []
    while sqlite3_step(statement) == SQLITE_ROW { texts.append(String(cString: sqlite3_column_text(statement, 0))) }
    return texts
  }
}
