// The tables that SQLite fills while the pages of the big ones are written past it: a second, private database.

/// Result rows wait here until SQLite owns the recording's file again. SQLite keeps it in memory while it is small, and
/// then in a file without a name.
struct Staging {
  static let name = "staging"
  private static let tables = [
    "vm", "cache", "memslot", "invalidation", "refresh", "cache_check", "finding", "finding_event",
    "undecided_overlap", "loss", "given_up", "never_ended", "never_ended_wait", "witness_weight", "form_agreement",
    "implausible_field", "silent_omission",
  ]
  private let connection: Connection

  init(on connection: Connection) throws(TraceStoreError) {
    self.connection = connection
    try connection.execute(
      """
      ATTACH '' AS staging;
      PRAGMA staging.page_size = \(PageFile.pageSize);
      PRAGMA staging.journal_mode = OFF;
      PRAGMA staging.synchronous = OFF;
      PRAGMA staging.cache_size = -8192;
      """)
    for table in Staging.tables { try copyDefinition(of: table) }
  }

  /// The same tables and indices, character for character: then SQLite copies rows without decoding them.
  private func copyDefinition(of table: String) throws(TraceStoreError) {
    let row = try connection.prepare(
      "SELECT type, sql FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL", [table])
    var definitions: [String] = []
    while try row.step() {
      let create = row.text("type") == "table" ? "CREATE TABLE " : "CREATE INDEX "
      definitions.append(create + "staging." + row.text("sql").dropFirst(create.count))
    }
    row.reset()
    for definition in definitions { try connection.execute(definition) }
  }

  /// Copies the rows over.
  func moveIntoMain() throws(TraceStoreError) {
    for table in Staging.tables {
      try connection.execute("INSERT INTO main.\(table) SELECT * FROM staging.\(table)")
    }
  }
}
