// A prepared statement: bind, step, read the columns.

import CSQLite

/// A prepared statement. Parameters count from 1 and columns from 0, as in SQLite.
package final class Statement {
  let handle: OpaquePointer
  private let connection: Connection

  init(_ sql: String, on connection: Connection) throws(TraceStoreError) {
    var prepared: OpaquePointer?
    try connection.check(sqlite3_prepare_v2(connection.handle, sql, -1, &prepared, nil), doing: sql)
    guard let prepared else { throw TraceStoreError.notOneStatement(count: 0) }
    self.handle = prepared
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// True: there is a row to read. False: it is done.
  package func step() throws(TraceStoreError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw connection.error(code, doing: sql) }
    return false
  }

  /// Runs a statement that gives no rows, and makes it ready for the next round; what was bound stays bound.
  func run() throws(TraceStoreError) {
    let code = sqlite3_step(handle)
    guard code == SQLITE_DONE else {
      let error = connection.error(code, doing: sql)
      sqlite3_reset(handle)
      throw error
    }
    sqlite3_reset(handle)
  }

  /// Ready to be stepped again. Its result repeats the last step's error, which was thrown then.
  package func reset() { sqlite3_reset(handle) }

  var sql: String { String(cString: sqlite3_sql(handle)) }

  // A wrong parameter number is our own bug, so binding traps instead of throwing; memory is the only other reason.

  @inline(__always) package func bind(_ index: Int32, _ value: Int64) {
    let code = sqlite3_bind_int64(handle, index, value)
    precondition(code == SQLITE_OK, "bind")
  }

  @inline(__always) package func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  @inline(__always) func bindNull(_ index: Int32) {
    let code = sqlite3_bind_null(handle, index)
    precondition(code == SQLITE_OK, "bind")
  }

  package func bind(_ index: Int32, _ text: String?) {
    guard var text else { return bindNull(index) }
    let code = text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        // An empty buffer has no address, and SQLite takes no address for NULL.
        guard let start = $0.baseAddress else { return sqlite3_bind_text(handle, index, "", 0, copied) }
        return sqlite3_bind_text(handle, index, start, Int32($0.count), copied)
      }
    }
    precondition(code == SQLITE_OK, "bind")
  }

  func bind(_ index: Int32, blob: [UInt8]?) {
    guard let blob else { return bindNull(index) }
    let code = blob.withUnsafeBytes { sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), copied) }
    precondition(code == SQLITE_OK, "bind")
  }

  package var columnCount: Int32 { sqlite3_column_count(handle) }

  package func name(_ column: Int32) -> String {
    sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
  }

  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// 0 for NULL.
  @inline(__always) package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// Empty for NULL; invalid UTF-8 replaced.
  package func text(_ column: Int32) -> String {
    String(decoding: bytes(column), as: UTF8.self)
  }

  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// The bytes of a TEXT or BLOB; valid until the next step.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    // The blob first: asking for it settles the representation that the count is of.
    let start = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }
}

/// `SQLITE_TRANSIENT`: SQLite takes a copy before the call returns. The macro is a cast that Swift does not import.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
