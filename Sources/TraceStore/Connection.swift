// One connection to SQLite: opened, used, closed; every result code is checked.

import CSQLite
import Glibc

/// An open database handle. Not thread safe: one thread at a time.
final class Connection {
  enum Mode {
    case readOnly
    /// The file must exist.
    case readWrite
    case create
  }

  private var open: OpaquePointer?
  /// The path as given, for errors; `:memory:` for none.
  let path: String
  /// Paths by names.
  private var attached: [String: String] = [:]

  /// - Parameter isChecked: a page without its checksum is refused; false: what is there is replaced, whatever it is.
  init(_ path: String, mode: Mode, isChecked: Bool = true) throws(TraceStoreError) {
    let flags =
      switch mode {
      case .readOnly: SQLITE_OPEN_READONLY
      case .readWrite: SQLITE_OPEN_READWRITE
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      }
    var opened: OpaquePointer?
    let registration = CheckedFileSystem.shared.registration
    guard registration == SQLITE_OK else {
      throw Connection.error(of: nil, code: registration, doing: "initialize", path: path)
    }
    // NOMUTEX: the handle stays on one thread at a time, so SQLite need not lock on every call.
    let code = sqlite3_open_v2(
      path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      isChecked ? CheckedFileSystem.name : nil)
    guard code == SQLITE_OK, let opened else {
      let error = Connection.error(of: opened, code: code, doing: "open", path: path)
      sqlite3_close_v2(opened)
      throw error
    }
    self.open = opened
    self.path = path
    guard mode == .create else { return }
    // Of a database that is there already, this changes nothing.
    var count = Int32(PageChecksum.byteCount)
    try check(sqlite3_file_control(opened, "main", SQLITE_FCNTL_RESERVE_BYTES, &count), doing: "file_control")
  }

  deinit { sqlite3_close_v2(open) }

  /// Releases the file, at once. The statements are gone by then.
  func close() throws(TraceStoreError) {
    try check(sqlite3_close(handle), doing: "close")
    open = nil
  }

  var handle: OpaquePointer {
    guard let open else { preconditionFailure("the connection to \(path) is closed") }
    return open
  }

  /// `name` is an identifier of SQL. What is attached to a connection that only reads is only read as well.
  func attach(_ path: String, as name: String) throws(TraceStoreError) {
    try prepare("ATTACH ?1 AS \"\(name)\"", [path]).run()
    attached[name] = path
  }

  /// Ends a transaction with a seal on what it leaves.
  func commit() throws(TraceStoreError) { try PageSeal.commit(on: self) }

  /// Ends a failed transaction. SQLite may have ended it itself; then there is nothing to do.
  func rollBack() {
    if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
  }

  /// Runs every statement of `sql`; result rows are dropped.
  func execute(_ sql: String) throws(TraceStoreError) {
    try check(sqlite3_exec(handle, sql, nil, nil, nil), doing: sql)
  }

  func prepare(_ sql: String) throws(TraceStoreError) -> Statement {
    try Statement(sql, on: self)
  }

  /// The one INTEGER that `sql` gives; 0 for no row or NULL.
  func prepare(_ sql: String, _ values: [any ColumnValue]) throws(TraceStoreError) -> Statement {
    let statement = try prepare(sql)
    statement.bind(values)
    return statement
  }

  func integer(_ sql: String) throws(TraceStoreError) -> Int64 {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : 0
  }

  func check(_ code: Int32, doing: @autoclosure () -> String) throws(TraceStoreError) {
    guard code == SQLITE_OK else { throw error(code, doing: doing()) }
  }

  func error(_ code: Int32, doing: String) -> TraceStoreError {
    let damaged = attached.first { CheckedFile.of(handle, $0.key)?.pointee.damagedPage ?? 0 != 0 }
    return Connection.error(
      of: handle, code: code, doing: doing, path: damaged?.value ?? path, schema: damaged?.key ?? "main")
  }

  /// The SQL of a whole schema does not help in an error.
  private static func firstLine(of sql: String) -> String {
    String(sql.drop { $0.isWhitespace }.prefix { !$0.isNewline }.prefix(200))
  }

  /// - Parameter schema: the name that the database at `path` has.
  private static func error(
    of handle: OpaquePointer?, code: Int32, doing: String, path: String, schema: String = "main"
  ) -> TraceStoreError {
    switch code & 0xff {
    case SQLITE_FULL: return .noSpace(path: path)
    case SQLITE_BUSY, SQLITE_LOCKED: return .busy(path: path)
    case SQLITE_NOTADB: return .notOurs(path: path)
    // The others are about a journal that is to be played back.
    case SQLITE_READONLY where code == SQLITE_READONLY: return .readOnly(path: path)
    case SQLITE_IOERR where code == CheckedFile.damage:
      let page = handle.flatMap { CheckedFile.of($0, schema)?.pointee.damagedPage } ?? 0
      return .changed(path: path, what: "page \(page) is not as gpc-replay wrote it")
    // SQLite keeps no errno for a short write, which is what a full disk or a size limit causes.
    case SQLITE_IOERR where code == SQLITE_IOERR | (3 << 8): return .noSpace(path: path)
    default:
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
      return .sqlite(code: code, message: message, doing: firstLine(of: doing))
    }
  }
}
