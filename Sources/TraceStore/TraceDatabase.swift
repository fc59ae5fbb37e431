// A whole database, opened: its facts, its events in replay order, its views.

import Glibc
import KVMEvents
import Results
import Schema

/// A database of one recording.
package final class TraceDatabase {
  let connection: Connection
  /// The nameless file of a database in memory: its descriptor outlives the connection.
  private let file: PartialFile?

  /// For reading, and for `replaceResults` if the file is writable.
  package convenience init(at path: String) throws(TraceStoreError) {
    let connection = try SchemaIdentity.open(path, mode: .readWrite)
    // Room to sort the rounds of a million events without a temporary file.
    try connection.execute("PRAGMA cache_size = -16384")
    self.init(connection)
  }

  init(_ connection: Connection, keeping file: PartialFile? = nil) {
    self.connection = connection
    self.file = file
  }

  /// What a path holds, compared with one recording.
  package enum Content: Equatable, Sendable {
    /// That recording, imported completely by this version of gpc-replay.
    case same
    /// Another recording, or another version's import.
    case other
    /// No database of gpc-replay.
    case foreign
  }

  package static func content(
    of path: String, contentHash: String, toolVersion: String
  ) throws(TraceStoreError) -> Content {
    let database: TraceDatabase
    do {
      database = try TraceDatabase(at: path)
    } catch {
      switch error {
      case .otherVersion: return .other
      case .notFound, .notOurs, .noFile, .ofOtherKind: return .foreign
      case .sqlite, .noSpace, .system, .busy, .readOnly, .queryNotReadOnly, .notOneStatement, .unreadable, .changed,
        .disagreeing, .damaged:
        throw error
      }
    }
    let facts = try database.facts()
    return facts.contentHash == contentHash && facts.toolVersion == toolVersion ? .same : .other
  }

  /// Removes what killed imports of it left.
  package static func removeLeftovers(of path: String) { PartialFile.removeLeftovers(of: path) }

  /// A SELECT, with its parameters bound in their order.
  package func statement(_ sql: String, _ values: any ColumnValue...) throws(TraceStoreError) -> Statement {
    try connection.prepare(sql, values)
  }

  /// Each row of a SELECT.
  package func rows<Row>(
    _ sql: String, _ values: any ColumnValue..., read: (Statement) throws(TraceStoreError) -> Row
  ) throws(TraceStoreError) -> [Row] {
    let statement = try connection.prepare(sql, values)
    var rows: [Row] = []
    while try statement.step() { rows.append(try read(statement)) }
    return rows
  }

  /// The number that a SELECT gives; nil: none, or NULL.
  package func number(_ sql: String, _ values: any ColumnValue...) throws(TraceStoreError) -> Int64? {
    let row = try connection.prepare(sql, values)
    return try row.step() && !row.isNull(0) ? row.integer(0) : nil
  }

  /// Gives the findings other summaries.
  /// - Parameter rewrite: as many, in the same order.
  package func rewriteSummaries(_ rewrite: ([String]) -> [String]) throws(TraceStoreError) {
    let findings = try rows("SELECT id, summary FROM finding ORDER BY id") { ($0.integer("id"), $0.text("summary")) }
    try connection.execute("BEGIN IMMEDIATE")
    do {
      let update = try connection.prepare("UPDATE finding SET summary = ?2 WHERE id = ?1")
      for (finding, summary) in zip(findings, rewrite(findings.map(\.1))) { try update.run(finding.0, summary) }
      try connection.commit()
    } catch {
      connection.rollBack()
      throw error
    }
  }

  package func facts() throws(TraceStoreError) -> RecordingFacts {
    guard let facts = try connection.facts(RecordingFacts.self, of: "trace") else {
      throw .damaged(table: "trace", reason: "it has no row")
    }
    if let damage = facts.damage { throw .damaged(table: "trace", reason: damage) }
    return facts
  }

  /// This kind of issue occurred in the input.
  package func hasIssue(_ kind: ImportIssueKind) throws(TraceStoreError) -> Bool {
    try issueCounts().contains { $0.kind == kind }
  }

  /// The kinds of findings that are certain.
  package func certainFindingKinds() throws(TraceStoreError) -> [String] {
    try rows("SELECT DISTINCT kind FROM finding WHERE certainty = 'certain'") { $0.text("kind") }
  }

  /// What the recording states about itself.
  package func recordingMarks() throws(TraceStoreError) -> [RecordingMark] {
    try rows("SELECT line, text FROM recording_mark ORDER BY id") {
      RecordingMark(line: $0.integer("line"), text: $0.text("text"))
    }
  }

  /// Something in the input could not be read, its format cannot report drops, or probes missed hits, so that any event
  /// may be missing.
  package func hasDoubt() throws(TraceStoreError) -> Bool {
    if try issueCounts().contains(where: { $0.count > 0 && $0.kind.doubt != nil }) { return true }
    return try recordingMarks().tellOfMissedHits
  }

  /// The reader's issues, and how often they occurred.
  package func issueCounts() throws(TraceStoreError) -> [(kind: ImportIssueKind, count: Int64)] {
    let row = try statement("SELECT kind, count FROM import_issue_count")
    var counts: [(kind: ImportIssueKind, count: Int64)] = []
    while try row.step() {
      if let kind = ImportIssueKind(rawValue: row.text("kind")) { counts.append((kind, row.integer("count"))) }
    }
    return counts
  }

  /// The bounds that the replay reached, in their order; none: nothing was given up.
  package func givenUp() throws(TraceStoreError) -> [GivenUp] {
    try rows("SELECT bound, limit_value, event_id, ends_replay FROM given_up ORDER BY id") {
      (row) throws(TraceStoreError) in
      GivenUp(
        bound: try row.word("bound"), limit: row.integer("limit_value"), event: row.integer("event_id"),
        endsReplay: row.flag("ends_replay"))
    }
  }

  /// Events were lost at an unknown time.
  package func hasLossAnywhere() throws(TraceStoreError) -> Bool {
    let kind = EventKind.lostEvents.rawValue
    guard try connection.integer("SELECT EXISTS (SELECT 1 FROM event_name WHERE kind_id = \(kind))") == 1 else {
      return false
    }
    let lost = "SELECT 1 FROM event WHERE kind_id = \(kind) AND flags = \(RecordedEvent.lostAnywhere)"
    return try connection.integer("SELECT EXISTS (\(lost))") == 1
  }

  /// nil: imported, not replayed.
  package func replaySettings() throws(TraceStoreError) -> ReplaySettings? {
    guard let settings = try connection.facts(ReplaySettings.self, of: "replay") else { return nil }
    guard ReplaySettings.deltasNs.contains(settings.deltaNs), settings.retriesMax >= 0, settings.stallMaxNs >= 0 else {
      throw .damaged(table: "replay", reason: "a delta or a threshold is none that a replay takes")
    }
    return settings
  }

  /// What the recording shows about each form, by age; empty if no form was tested.
  package func formAgreements() throws(TraceStoreError) -> [FormAgreement] {
    let row = try connection.prepare("SELECT * FROM form_agreement ORDER BY id")
    var agreements: [FormAgreement] = []
    while try row.step() {
      agreements.append(
        FormAgreement(
          form: row.text("form"), testCount: row.integer("test_count"),
          agreeingTestCount: row.integer("agreeing_test_count"), moverCount: row.integer("mover_count"),
          refutedCount: row.integer("refuted_count"), doubtedCount: row.integer("doubted_count"),
          event: row.optionalInteger("refuted_event_id"), refutation: try row.optionalWord("refuted_by")))
    }
    return agreements
  }

  /// The fields that the last replay ignored.
  package func implausibleFields() throws(TraceStoreError) -> [ImplausibleField] {
    let row = try connection.prepare(
      "SELECT kind_id, field, sign, value_count, first_event_id FROM implausible_field ORDER BY id")
    var fields: [ImplausibleField] = []
    while try row.step() {
      guard let kind = UInt8(exactly: row.integer("kind_id")).flatMap(EventKind.init(rawValue:)),
        let field = EventField(name: row.text("field"))
      else { throw .damaged(table: "implausible_field", reason: "a probe or a field is none that there is") }
      fields.append(
        ImplausibleField(
          kind: kind, field: field, sign: try row.word("sign"), count: row.integer("value_count"),
          firstEvent: row.optionalInteger("first_event_id")))
    }
    return fields
  }

  /// By `TaskID`.
  package func tasks() throws(TraceStoreError) -> [TraceTask] {
    let row = try connection.prepare("SELECT pid, tgid, coalesce(comm_bytes, comm) AS comm FROM task ORDER BY id")
    var tasks: [TraceTask] = []
    while try row.step() {
      let tgid = row.optionalInteger("tgid").map(Int32.init(truncatingIfNeeded:))
      let pid = Int32(truncatingIfNeeded: row.integer("pid"))
      tasks.append(TraceTask(pid: pid, tgid: tgid, comm: Array(row.bytes("comm"))))
    }
    return tasks
  }

  /// By `EventNameID`.
  package func names() throws(TraceStoreError) -> [EventName] {
    let row = try connection.prepare("SELECT name, kind_id, count, is_listed FROM event_name ORDER BY id")
    var names: [EventName] = []
    while try row.step() {
      let kind = row.optionalInteger("kind_id").flatMap { EventKind(rawValue: UInt8(truncatingIfNeeded: $0)) }
      names.append(
        EventName(
          name: row.text("name"), kind: kind, count: row.integer("count"), isListed: row.integer("is_listed") == 1))
    }
    return names
  }

  /// The events from the first on, loss markers included. While the cursor lives, no other process can write, and this
  /// one only if it opens the cursor inside `replaceResults`.
  package func events() throws(TraceStoreError) -> EventCursor {
    return try EventCursor(on: connection, pids: tasks().map(\.pid))
  }

  /// Writes a replay's rows, replacing those of the previous replay: whole, or not at all. What `explore` found stays;
  /// findings that were there before keep their numbers, and others get new ones. A comparison stays if it is of the
  /// same form and delta.
  /// - Parameters:
  ///   - isFirst: the results so far have not been reported: all are replaced, and findings are numbered from 1.
  ///   - replay: returns its settings.
  package func replaceResults<Failure: Error>(
    isFirst: Bool = false, _ replay: (ResultWriter) throws(Failure) -> ReplaySettings
  ) throws {
    let former = try replaySettings()
    let signals = HeldSignals()
    defer { signals.release() }
    // As in TraceWriter, our types have already made the checks; each CHECK (… IN (…)) costs a temporary table per row.
    try connection.execute(
      """
      PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA cache_size = -16384; BEGIN IMMEDIATE
      """)
    do {
      if isFirst { try connection.execute("DELETE FROM finding; DELETE FROM finding_number") }
      try connection.execute(FindingNumbers.keep)
      try connection.execute(TraceDatabase.deleteResults)
      let writer = try ResultWriter(on: connection, schema: "main", rounds: RetryRoundWriter(on: connection))
      let settings = try replay(writer)
      try connection.checkTool(settings.toolVersion)
      let amendments = try writer.finish()
      try connection.execute(Schema.indices)
      try amendments.apply(on: connection, settings: settings)
      try connection.execute(FindingNumbers.restore)
      if former?.form != settings.form || former?.deltaNs != settings.deltaNs {
        try connection.execute("DELETE FROM form_cost; DELETE FROM left_out_window")
      }
      try SummaryWriter(connection: connection).write(settings)
      try connection.commit()
      try connection.execute("PRAGMA ignore_check_constraints = OFF")
    } catch {
      connection.rollBack()
      throw error
    }
  }

  /// In the tables' order of dependence. The indices are dropped as well: they are rebuilt after the load.
  private static let deleteResults = """
    DROP INDEX IF EXISTS refresh_cache;
    DROP INDEX IF EXISTS retry_round_refresh;
    DROP INDEX IF EXISTS retry_round_accepted;
    DROP INDEX IF EXISTS cache_check_entry;
    DELETE FROM form_agreement;
    DELETE FROM implausible_field;
    DELETE FROM silent_omission;
    DELETE FROM finding_event;
    DELETE FROM finding;
    DELETE FROM undecided_overlap;
    DELETE FROM witness_weight;
    DELETE FROM never_ended_wait;
    DELETE FROM never_ended;
    DELETE FROM cache_check;
    DELETE FROM retry_round;
    DELETE FROM refresh;
    DELETE FROM invalidation;
    DELETE FROM memslot;
    DELETE FROM cache;
    DELETE FROM vm;
    DELETE FROM loss;
    DELETE FROM given_up;
    DELETE FROM replay;
    """
}
