// Distinguishes a gpc-replay database from other files.

import CSQLite
import FileSystem
import Glibc
import Schema

/// `PRAGMA application_id` and `PRAGMA user_version`.
enum SchemaIdentity: CaseIterable {
  /// The database of a recording.
  case trace
  /// The results of a corpus.
  case corpus
  /// What many recordings say.
  case fleet

  /// Of one text or blob, and of a statement.
  private static let valueBytesMax: Int32 = 64 << 20

  /// Of SQLite in this process: what it cannot sort in that it sorts in files.
  private static let heapBytesMax: Int64 = 512 << 20

  var applicationID: Int64 {
    switch self {
    case .trace: Schema.applicationID
    case .corpus: Schema.corpusApplicationID
    case .fleet: Schema.fleetApplicationID
    }
  }

  /// What it is, and what takes it.
  private var words: String {
    switch self {
    case .trace: "the database of one recording; run, report and query take it (merge takes the results of batch)"
    case .corpus: "the results of corpus runs; query and corpus diff take it"
    case .fleet: "a fleet database of many recordings; report, query and merge take it"
    }
  }

  var version: Int64 {
    switch self {
    case .trace: Schema.version
    case .corpus: Schema.corpusVersion
    case .fleet: Schema.fleetVersion
    }
  }

  /// The first bytes of the file, where SQLite may not be able to read it, have an application id of this kind.
  /// Throws where it cannot be looked at: then it may be one.
  func isNamed(inHeaderOf path: String) throws(TraceStoreError) -> Bool {
    try SchemaIdentity.kindNamed(inHeaderOf: path) == self
  }

  /// Throws unless its header names this kind.
  func check(headerOf path: String) throws(TraceStoreError) {
    guard let kind = try SchemaIdentity.kindNamed(inHeaderOf: path) else { throw .notOurs(path: path) }
    if kind != self { throw .ofOtherKind(path: path, what: kind.words) }
  }

  private static func kindNamed(inHeaderOf path: String) throws(TraceStoreError) -> SchemaIdentity? {
    guard let header = try header(of: path) else { return nil }
    let id = header[68...].reduce(0) { $0 << 8 | Int64($1) }
    return allCases.first { $0.applicationID == id }
  }

  /// As far as the application id; nil: it is no SQLite database, or not there.
  private static func header(of path: String) throws(TraceStoreError) -> [UInt8]? {
    // A pipe would be waited for.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if [ENOENT, ENOTDIR, ENXIO].contains(errno) { return nil }
      throw .system(errno: errno, doing: "open", path: path)
    }
    defer { close(descriptor) }
    var header = [UInt8](repeating: 0, count: 72)
    let size: Int
    do throws(SystemCallError) {
      size = try header.withUnsafeMutableBufferPointer { header throws(SystemCallError) -> Int in
        try FileSystem.read(descriptor, at: 0, into: UnsafeMutableRawBufferPointer(header), path)
      }
    } catch {
      // A folder, a pipe and a socket are no database.
      if [EISDIR, ESPIPE, EINVAL].contains(error.errno) { return nil }
      throw TraceStoreError(error)
    }
    return size == header.count && header.starts(with: "SQLite format 3\0".utf8) ? header : nil
  }

  /// Of the tables, views and indices, as SQLite keeps them.
  private var statements: Set<String> {
    switch self {
    case .trace: Self.ofTrace
    case .corpus: Self.ofCorpus
    case .fleet: Self.ofFleet
    }
  }

  private static let ofTrace = statements(of: Schema.tables + Schema.views + Schema.indices)
  private static let ofCorpus = statements(of: Schema.corpus)
  private static let ofFleet = statements(of: Schema.fleet)

  /// Throws unless the tables, views and indices are ours, word for word, and all of them: a view of another's may
  /// never end, and a trigger may write.
  private func checkSchema(_ connection: Connection) throws(TraceStoreError) {
    var missing = statements
    var isOurs = true
    // What SQLite makes itself for UNIQUE and PRIMARY KEY has no text.
    let row = try connection.prepare(
      "SELECT sql FROM sqlite_schema WHERE NOT (type = 'index' AND sql IS NULL AND name GLOB 'sqlite_autoindex_*')")
    while isOurs, try row.step() { isOurs = missing.remove(row.text("sql")) != nil }
    guard isOurs, missing.isEmpty else {
      throw .changed(path: connection.path, what: "its tables and views are not those of this version of gpc-replay")
    }
  }

  /// Each begins with a line `CREATE …`, and ends before the semicolon at the end of a line.
  private static func statements(of schema: String) -> Set<String> {
    var statements: Set<String> = []
    var statement: [Substring]?
    for line in schema.split(separator: "\n", omittingEmptySubsequences: false) {
      if statement == nil, line.hasPrefix("CREATE ") { statement = [] }
      statement?.append(line)
      guard line.hasSuffix(";"), let lines = statement else { continue }
      statements.insert(String(lines.joined(separator: "\n").dropLast()))
      statement = nil
    }
    return statements
  }

  /// Of a database that `open` has opened.
  static func of(_ connection: Connection) throws(TraceStoreError) -> SchemaIdentity {
    let id = try connection.integer("PRAGMA application_id")
    guard let kind = allCases.first(where: { $0.applicationID == id }) else { throw .notOurs(path: connection.path) }
    return kind
  }

  /// Opens a gpc-replay database of one of `kinds`; anything else is rejected by name.
  static func open(
    _ path: String, mode: Connection.Mode, _ kinds: [SchemaIdentity] = [.trace]
  ) throws(TraceStoreError) -> Connection {
    // A pipe or a device would be waited for.
    guard try TraceStoreError.isFile(path) else { throw .notFound(path: path) }
    let (connection, id) = try opened(path, mode)
    guard let kind = kinds.first(where: { $0.applicationID == id }) else {
      guard let other = allCases.first(where: { $0.applicationID == id }) else { throw .notOurs(path: path) }
      throw .ofOtherKind(path: path, what: other.words)
    }
    let version = try connection.integer("PRAGMA user_version")
    guard version == kind.version else { throw .otherVersion(path: path, version: version) }
    guard CheckedFile.of(connection.handle)?.pointee.isChecked == true else {
      throw .changed(path: path, what: "its pages have no checksums")
    }
    try connection.execute("PRAGMA trusted_schema = OFF")
    try connection.check(gpc_replay_defensive(connection.handle), doing: "db_config")
    try kind.checkSchema(connection)
    try PageSeal.check(connection)
    if kind == .trace { try connection.checkFacts() }
    return connection
  }

  /// With its application id: the first look at its pages.
  private static func opened(
    _ path: String, _ mode: Connection.Mode
  ) throws(TraceStoreError) -> (Connection, Int64) {
    do throws(TraceStoreError) {
      let connection = try Connection(path, mode: mode)
      // SQLite's own limit is a gigabyte, of which group_concat() or zeroblob() make several; the schema's text counts.
      sqlite3_limit(connection.handle, SQLITE_LIMIT_LENGTH, SchemaIdentity.valueBytesMax)
      _ = sqlite3_hard_heap_limit64(SchemaIdentity.heapBytesMax)
      try connection.execute("PRAGMA busy_timeout = 10000")
      return (connection, try connection.integer("PRAGMA application_id"))
    } catch .sqlite(let code, let message, _) where code & 0xff == SQLITE_CORRUPT {
      throw .unreadable(path: path, reason: message)
    } catch .sqlite(let code, _, _)
      where code & 0xff == SQLITE_CANTOPEN && ((try? header(of: path))?[18] == 2 || access(path + "-wal", F_OK) == 0)
    {
      // We write none, and `CheckedFile` has none.
      throw .changed(path: path, what: "it has a write-ahead log")
    }
  }
}
