// A prepared statement: bind, step, read the columns.

import CSQLite

/// A prepared statement. Parameters count from 1 and columns from 0, as in SQLite.
package final class Statement {
  let handle: OpaquePointer
  private let connection: Connection
  /// By parameter: the text that `bindRepeated` bound last. The outer nil: none yet.
  private var repeated: [String??] = []
  /// By name; empty: not looked up yet.
  private var places: [String: Int32] = [:]
  /// Of a value that is not bound for want of memory.
  private var bindFault = SQLITE_OK

  init(_ sql: String, on connection: Connection) throws(TraceStoreError) {
    var prepared: OpaquePointer?
    try connection.check(sqlite3_prepare_v2(connection.handle, sql, -1, &prepared, nil), doing: sql)
    guard let prepared else { throw TraceStoreError.notOneStatement(count: 0) }
    self.handle = prepared
    self.connection = connection
  }

  private init(_ handle: OpaquePointer, on connection: Connection) {
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// Prepares the first statement of `sql` and returns the text after it. Text without any statement is an error.
  static func prepareFirst(
    of sql: String, on connection: Connection
  ) throws(TraceStoreError) -> (statement: Statement, rest: String) {
    let (handle, rest) = try prepareAny(of: sql, on: connection)
    guard let handle else { throw TraceStoreError.notOneStatement(count: 0) }
    return (Statement(handle, on: connection), rest)
  }

  /// Whether `sql` holds blanks and comments only.
  static func isEmpty(_ sql: String, on connection: Connection) throws(TraceStoreError) -> Bool {
    let (handle, _) = try prepareAny(of: sql, on: connection)
    sqlite3_finalize(handle)
    return handle == nil
  }

  private static func prepareAny(
    of sql: String, on connection: Connection
  ) throws(TraceStoreError) -> (handle: OpaquePointer?, rest: String) {
    var text = sql
    var prepared: OpaquePointer?
    var rest = ""
    let code = text.withUTF8 { utf8 in
      // The length is given: a NUL in the text ends nothing, and the rest after the statement is found by its position.
      utf8.withMemoryRebound(to: CChar.self) { characters in
        var tail: UnsafePointer<CChar>?
        let code = sqlite3_prepare_v2(
          connection.handle, characters.baseAddress, Int32(characters.count), &prepared, &tail)
        if let tail, let start = characters.baseAddress {
          rest = String(decoding: utf8[(tail - start)...], as: UTF8.self)
        }
        return code
      }
    }
    try connection.check(code, doing: sql)
    return (prepared, rest)
  }

  /// True: there is a row to read. False: it is done.
  package func step() throws(TraceStoreError) -> Bool {
    let code = bindFault == SQLITE_OK ? sqlite3_step(handle) : bindFault
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw connection.error(code, doing: sql) }
    return false
  }

  /// Runs a statement without result rows, and makes it ready for the next run; bindings stay.
  func run() throws(TraceStoreError) {
    let code = bindFault == SQLITE_OK ? sqlite3_step(handle) : bindFault
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

  // A wrong parameter number is our own bug, so binding traps instead of throwing. The only other reason is memory,
  // which the next step reports.

  @inline(__always) private func note(_ code: Int32) {
    if code != SQLITE_OK { noteFault(code) }
  }

  private func noteFault(_ code: Int32) {
    precondition(code == SQLITE_NOMEM, "bind")
    bindFault = code
  }

  @inline(__always) package func bind(_ index: Int32, _ value: Int64) {
    let code = sqlite3_bind_int64(handle, index, value)
    note(code)
  }

  @inline(__always) package func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  @inline(__always) func bindNull(_ index: Int32) {
    if Int(index) < repeated.count { repeated[Int(index)] = nil }
    let code = sqlite3_bind_null(handle, index)
    note(code)
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
    note(code)
  }

  /// For texts that are mostly the same from row to row: what is bound already is not copied again. Such a parameter is
  /// bound this way or to NULL.
  func bindRepeated(_ index: Int32, _ text: String?) {
    let place = Int(index)
    while repeated.count <= place { repeated.append(nil) }
    if let last = repeated[place], last == text { return }
    repeated[place] = .some(text)
    bind(index, text)
  }

  func bind(_ index: Int32, blob: [UInt8]?) {
    guard let blob else { return bindNull(index) }
    let code = blob.withUnsafeBytes { sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), copied) }
    note(code)
  }

  /// Binds the columns of a row, the first one to parameter `first`.
  func bind(_ row: Statement, from first: Int32) {
    for column in 0..<row.columnCount {
      let code = sqlite3_bind_value(handle, first + column, sqlite3_column_value(row.handle, column))
      precondition(code == SQLITE_OK, "bind")
    }
  }

  package var columnCount: Int32 { sqlite3_column_count(handle) }

  package func name(_ column: Int32) -> String {
    sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
  }

  /// Of the table's column that a result's column is, through views and under whatever name; nil: it is an expression.
  func origin(_ column: Int32) -> String? {
    sqlite3_column_origin_name(handle, column).map { String(cString: $0) }
  }

  package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  /// An INTEGER or a REAL.
  package func isNumber(_ column: Int32) -> Bool {
    [SQLITE_INTEGER, SQLITE_FLOAT].contains(sqlite3_column_type(handle, column))
  }

  /// 0 for NULL.
  @inline(__always) package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// Empty for NULL; invalid UTF-8 replaced.
  package func text(_ column: Int32) -> String {
    String(decoding: bytes(column), as: UTF8.self)
  }

  /// The bytes of a TEXT or BLOB; valid until the next step.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    // The blob first: asking for it settles the representation that the count is of.
    let start = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
  }
}

// Columns by the names that the statement gives them. A name that it does not give is our own bug.
extension Statement {
  private func place(_ name: String) -> Int32 {
    if places.isEmpty {
      for column in 0..<columnCount { places[self.name(column)] = column }
    }
    guard let place = places[name] else { preconditionFailure("no column \(name) in \(sql)") }
    return place
  }

  package func isNull(_ name: String) -> Bool { isNull(place(name)) }

  /// 0 for NULL.
  package func integer(_ name: String) -> Int64 { integer(place(name)) }

  package func optionalInteger(_ name: String) -> Int64? { isNull(name) ? nil : integer(name) }

  /// 1 or not.
  package func flag(_ name: String) -> Bool { integer(name) == 1 }

  /// Empty for NULL; invalid UTF-8 replaced.
  package func text(_ name: String) -> String { text(place(name)) }

  package func optionalText(_ name: String) -> String? { isNull(name) ? nil : text(name) }

  func bytes(_ name: String) -> UnsafeRawBufferPointer { bytes(place(name)) }

  /// A column that holds the raw values of an enum.
  package func word<Word: RawRepresentable<String>>(_ name: String) throws(TraceStoreError) -> Word {
    guard let word = Word(rawValue: text(name)) else {
      throw .damaged(table: "of \(name)", reason: "'\(text(name).prefix(60))' is not a value of it")
    }
    return word
  }

  /// The same; nil: NULL.
  package func optionalWord<Word: RawRepresentable<String>>(_ name: String) throws(TraceStoreError) -> Word? {
    isNull(name) ? nil : try word(name)
  }
}

/// `SQLITE_TRANSIENT`: SQLite takes a copy before the call returns. The macro is a cast that Swift does not import.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
