// What the project makes of a recording: read, replayed, stored in memory, as it stands at the end.

import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Report
import Results
import TraceReaders
import TraceStore

/// The rows behind all amendments.
package struct ReplayedRecording {
  package struct Found {
    package let kind: Finding.Kind
    package let isCertain: Bool
    package let event: EventID
    /// By its witness alone.
    package let isRaised: Bool
  }

  struct Round {
    let loop, lookup, lookupRet, test: EventID?
    let outcome, decision, cause, subCause: String?
  }

  struct Check {
    let entry: EventID
    let ret: EventID?
    let answer: Int64?
    let decision: String?
  }

  struct NeverEndedRow {
    let kind: String
    let event, lastEvent: EventID
  }

  struct InvalidationRow {
    let start, walk, startRet, end, endRet, selfLookup: EventID?
    let hitsMemslot: Int64?
  }

  package private(set) var findings: [Found] = []
  private(set) var neverEnded: [NeverEndedRow] = []
  /// How far seq moved beyond what the recorded hooks explain, by kvm.
  private(set) var unexplainedMoves: [UInt64: Int64] = [:]
  private(set) var rounds: [Round] = []
  private(set) var checks: [Check] = []
  private(set) var invalidations: [InvalidationRow] = []
  /// Fields that were not used.
  private(set) var implausible: [ImplausibleField] = []
  /// Events are said to have been left out without a marker.
  private(set) var isCalledFiltered = false
  /// What is wrong, or not settled: the events of findings (without excessive retries), of hidden_miss, and of
  /// decisions that are unknown.
  private(set) var namedEvents: Set<EventID> = []
  package let status: ReportVerdict.Status
  /// The first decision against the form that ran.
  private(set) var refutedAt: EventID?
  private(set) var refutedBy: String?
  /// Dirt that the reader met.
  package let issues: [ImportIssueKind: Int64]

  package init(_ text: String, form: ProtocolForm, deltaNs: Int64) throws {
    var options = ReplayOptions()
    options.deltaNs = deltaNs
    let (database, issues) = try Self.imported(text, form, options)
    self.issues = issues
    status = try Report(database, findingsMax: 0).verdict.status
    let rows = try database.statement(
      "SELECT kind, certainty, event_id, coalesce(certainty <> certainty_alone, 0) AS is_raised FROM finding ORDER BY id"
    )
    while try rows.step() {
      guard let kind = Finding.Kind(rawValue: rows.text("kind")) else { continue }
      findings.append(
        Found(
          kind: kind, isCertain: rows.text("certainty") == "certain", event: rows.integer("event_id"),
          isRaised: rows.integer("is_raised") == 1))
    }
    let row = try database.statement(
      "SELECT refuted_event_id, refuted_by FROM form_agreement WHERE refuted_count > 0")
    if try row.step() {
      (refutedAt, refutedBy) = (row.optionalInteger("refuted_event_id"), row.optionalText("refuted_by"))
    }
    implausible = try database.implausibleFields()
    isCalledFiltered = try database.statement("SELECT 1 FROM silent_omission").step()
    namedEvents = Set(
      try database.rows(
        """
        SELECT event_id FROM finding WHERE kind <> 'excessive_retry' UNION SELECT event_id FROM hidden_miss
        UNION SELECT coalesce(test_event_id, lookup_ret_event_id) FROM retry_round
          WHERE decision = 'unknown' AND coalesce(test_event_id, lookup_ret_event_id) IS NOT NULL
        UNION SELECT entry_event_id FROM cache_check WHERE decision = 'unknown' OR decision IS NULL
        UNION SELECT event_id FROM never_ended
        """
      ) { $0.integer("event_id") })
    try readRounds(database)
    try readChecks(database)
    try readInvalidations(database)
    let open = try database.statement("SELECT kind, event_id, last_event_id FROM never_ended ORDER BY id")
    while try open.step() {
      neverEnded.append(NeverEndedRow(kind: open.text(0), event: open.integer(1), lastEvent: open.integer(2)))
    }
    let moves = try database.statement("SELECT kvm, unexplained_seq_moves FROM vm WHERE kvm IS NOT NULL")
    while try moves.step() { unexplainedMoves[UInt64(bitPattern: moves.integer(0)), default: 0] += moves.integer(1) }
  }

  private static func imported(
    _ text: String, _ form: ProtocolForm, _ options: ReplayOptions
  ) throws -> (TraceDatabase, [ImportIssueKind: Int64]) {
    var readOptions = TraceReadOptions()
    readOptions.batchSize = 256
    readOptions.blockSize = 1 << 16
    let reader = try TraceReader(.bytes(Array(text.utf8)), options: readOptions)
    let writer = try TraceWriter(at: .memory)
    var replayer = Replayer(form: form, asked: [form.asAsked], options: options)
    var batch: [RecordedEvent] = []
    while try reader.read(into: &batch) {
      try writer.write(batch)
      replayer.consume(batch)
      try writer.write(replayer.takeRows())
    }
    replayer.finish()
    try writer.write(replayer.takeRows())
    var facts = reader.facts
    facts.fileName = "simulated"
    facts.toolVersion = "simulated"
    facts.clock = .mono
    let settings = ReplaySettings(
      toolVersion: "simulated", form: form.id, formReason: .asked, deltaNs: options.deltaNs,
      retriesMax: Int64(options.retriesMax),
      stallMaxNs: options.stallMaxNs)
    let summary = ImportSummary(
      trace: facts, tasks: reader.tasks, names: reader.names, issues: reader.issues, issueCounts: reader.issueCounts,
      replay: settings)
    let database = try writer.finish(summary)
    var (options, leftOut) = (options, replayer.fieldsToLeaveOut)
    while !leftOut.isEmpty {
      options.unusedFields += leftOut
      leftOut = try replayAgain(database, form, options, settings)
    }
    return (database, reader.issueCounts)
  }

  /// - Returns: fields that show now that they are not what their probes were to read.
  private static func replayAgain(
    _ database: TraceDatabase, _ form: ProtocolForm, _ options: ReplayOptions, _ settings: ReplaySettings
  ) throws -> [ImplausibleField] {
    var leftOut: [ImplausibleField] = []
    try database.replaceResults { (writer) throws(TraceStoreError) in
      var replayer = Replayer(form: form, options: options)
      let events = try database.events()
      var batch: [RecordedEvent] = []
      while try events.read(into: &batch, upTo: 4096) { replayer.consume(batch) }
      replayer.finish()
      try writer.write(replayer.takeRows())
      leftOut = replayer.fieldsToLeaveOut
      return settings
    }
    return leftOut
  }

  private mutating func readRounds(_ database: TraceDatabase) throws {
    let row = try database.statement(
      """
      SELECT loop_event_id, lookup_event_id, lookup_ret_event_id, test_event_id, outcome, decision, cause, sub_cause
      FROM retry_round ORDER BY id
      """)
    while try row.step() {
      rounds.append(
        Round(
          loop: row.optionalInteger("loop_event_id"), lookup: row.optionalInteger("lookup_event_id"),
          lookupRet: row.optionalInteger("lookup_ret_event_id"),
          test: row.optionalInteger("test_event_id"), outcome: row.optionalText("outcome"),
          decision: row.optionalText("decision"),
          cause: row.optionalText("cause"), subCause: row.optionalText("sub_cause")))
    }
  }

  private mutating func readChecks(_ database: TraceDatabase) throws {
    let row = try database.statement(
      "SELECT entry_event_id, return_event_id, answer, decision FROM cache_check ORDER BY id")
    while try row.step() {
      checks.append(
        Check(
          entry: row.integer("entry_event_id"), ret: row.optionalInteger("return_event_id"),
          answer: row.optionalInteger("answer"),
          decision: row.optionalText("decision")))
    }
  }

  private mutating func readInvalidations(_ database: TraceDatabase) throws {
    let row = try database.statement(
      """
      SELECT start_event_id, walk_event_id, start_ret_event_id, end_event_id, end_ret_event_id, self_lookup_event_id,
        hits_memslot FROM invalidation ORDER BY id
      """)
    while try row.step() {
      invalidations.append(
        InvalidationRow(
          start: row.optionalInteger("start_event_id"), walk: row.optionalInteger("walk_event_id"),
          startRet: row.optionalInteger("start_ret_event_id"),
          end: row.optionalInteger("end_event_id"), endRet: row.optionalInteger("end_ret_event_id"),
          selfLookup: row.optionalInteger("self_lookup_event_id"),
          hitsMemslot: row.optionalInteger("hits_memslot")))
    }
  }
}

extension ProtocolForm {
  /// The simulated kernel has the functions of v6.9 under every form.
  fileprivate var asAsked: ProtocolForm {
    var rules = rules
    rules.functions = .byHVA
    return ProtocolForm(id: id, title: title, source: source, rules: rules)
  }
}
