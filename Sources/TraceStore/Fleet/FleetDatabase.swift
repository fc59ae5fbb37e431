// A fleet database, opened for reading.

/// What many recordings say, or one result.
package final class FleetDatabase {
  /// One of its recordings, as far as a merge chooses by it.
  package struct Entry: Sendable {
    package let name: String
    package let status: FleetRecording.Status
    package let error: String?
    package let fileName: String
  }

  package let path: String
  private let connection: Connection
  private var own: Statement?
  private var rows: [Statement] = []

  package init(at path: String) throws(TraceStoreError) {
    self.path = path
    connection = try SchemaIdentity.open(path, mode: .readOnly, [.fleet])
  }

  /// It is a database of this kind, whole or not.
  package static func isOne(_ path: String) throws(TraceStoreError) -> Bool {
    try SchemaIdentity.fleet.isNamed(inHeaderOf: path)
  }

  package func entries() throws(TraceStoreError) -> [Entry] {
    let row = try connection.prepare("SELECT name, status, error, file_name FROM recording ORDER BY id")
    var entries: [Entry] = []
    while try row.step() {
      entries.append(
        Entry(
          name: row.text("name"), status: try row.word("status"), error: row.optionalText("error"),
          fileName: row.text("file_name")))
    }
    return entries
  }

  /// The only recording of a result, with its labels; nil: there are others or none.
  package func only() throws(TraceStoreError) -> (recording: FleetRecording, labels: [String: String])? {
    guard try connection.integer("SELECT count(*) FROM recording") == 1,
      let recording = try connection.facts(FleetRecording.self, of: "recording")
    else { return nil }
    let row = try connection.prepare("SELECT name, value FROM label")
    var labels: [String: String] = [:]
    while try row.step() { labels[row.text("name")] = row.text("value") }
    return (recording, labels)
  }

  /// Contents that are there more than once.
  package func repeatedCount() throws(TraceStoreError) -> Int {
    Int(clamping: try connection.integer("SELECT count(*) FROM repeated"))
  }

  /// The rows of a table that are of a result's recording, each a JSON object of its columns, in the order of their
  /// primary key.
  package func rowsAsJSON(of name: String) throws(TraceStoreError) -> [String] {
    var texts: [String] = []
    for table in try FleetTable.all(connection) where table.name == name {
      let pairs = table.columns.map { "'\($0)', \($0)" }.joined(separator: ", ")
      let row = try connection.prepare("SELECT json_object(\(pairs)) AS row FROM \(name)")
      while try row.step() { texts.append(row.text("row")) }
    }
    return texts
  }

  /// The number of a recording; nil: it is not there.
  func id(of name: String) throws(TraceStoreError) -> Int64? {
    let row = try connection.prepare("SELECT id FROM recording WHERE name = ?1", [name])
    return try row.step() ? row.integer("id") : nil
  }

  /// A SELECT over its tables and views, with its parameters bound in their order.
  package func statement(_ sql: String, _ values: any ColumnValue...) throws(TraceStoreError) -> Statement {
    try connection.prepare(sql, values)
  }

  /// The row of `recording` without its id, and the rows of each table without `recording_id`, in the order of their
  /// primary keys.
  func rows(
    of recording: Int64, in tables: [FleetTable]
  ) throws(TraceStoreError) -> (own: Statement, rows: [Statement]) {
    if self.own == nil {
      self.own = try connection.prepare("SELECT \(try recordingColumns()) FROM recording WHERE id = ?1")
      for table in tables {
        let columns = table.columns.joined(separator: ", ")
        rows.append(try connection.prepare("SELECT \(columns) FROM \(table.name) WHERE recording_id = ?1"))
      }
    }
    guard let own else { preconditionFailure("it is prepared above") }
    for statement in [own] + rows { statement.bind(1, recording) }
    return (own, rows)
  }

  private func recordingColumns() throws(TraceStoreError) -> String {
    let row = try connection.prepare("SELECT name FROM pragma_table_info('recording') WHERE name <> 'id'")
    var names: [String] = []
    while try row.step() { names.append(row.text("name")) }
    return names.joined(separator: ", ")
  }
}
