// The report's SELECTs.

import KVMEvents
import TraceStore

extension Report {
  /// - Parameter findingsMax: findings of each kind and certainty that come with their proof.
  package init(_ database: TraceDatabase, findingsMax: Int) throws(TraceStoreError) {
    trace = try Self.trace(database)
    replay = try database.replaySettings().map {
      Replay(
        form: $0.form, formReason: $0.formReason, deltaNs: $0.deltaNs, retriesMax: $0.retriesMax,
        stallMaxNs: $0.stallMaxNs)
    }
    let marks = try database.rows(
      "SELECT text FROM recording_mark WHERE text LIKE 'recorded on %' OR text LIKE 'missed %' ORDER BY id"
    ) { $0.text(0) }
    recordingMarks = marks.isEmpty ? nil : marks
    counts = try Self.counts(database)
    events = try database.rows("SELECT name, kind, count FROM event_count WHERE kind IS NOT 'lost_events'") {
      EventCount(name: $0.text(0), kind: $0.optionalText(1), count: $0.integer(2))
    }
    issues = try Self.issues(database)
    losses = try database.rows("SELECT cpu, gaps, lost, gaps_of_unknown_size FROM loss_by_cpu") {
      Loss(cpu: $0.integer(0), gaps: $0.integer(1), lost: $0.integer(2), gapsOfUnknownSize: $0.integer(3))
    }
    missingProbes = try database.rows("SELECT probe, unknown_without_it FROM missing_probe") {
      MissingProbe(probe: $0.text(0), unknown: $0.text(1))
    }
    implausibleFields = try database.rows(
      "SELECT probe, field, sign, value_count, first_event_id FROM implausible_probe"
    ) {
      ImplausibleField(
        probe: $0.text(0), field: $0.text(1), sign: $0.text(2), values: $0.integer(3), firstEvent: $0.optionalInteger(4)
      )
    }
    silentOmissions = try database.rows(
      "SELECT sign, event_count, first_event_id, most_missing FROM silent_omission ORDER BY id"
    ) {
      SilentOmission(
        sign: $0.text(0), events: $0.integer(1), firstEvent: $0.integer(2), mostMissing: $0.optionalInteger(3))
    }
    silentCPUs = silentOmissions.isEmpty ? [] : try Self.silentCPUs(database)
    // Not from the views, whose SQL took a fifth of a whole run's instructions; ReportTests hold the figures to theirs.
    let rounds = try database.roundTally()
    let checks = try database.checkTally()
    conformance = [Conformance("retry_test", rounds.decisions), Conformance("check", checks.decisions)]
    let meanings = Dictionary(
      uniqueKeysWithValues: try database.rows("SELECT name, meaning FROM doubt") { ($0.text(0), $0.text(1)) })
    func doubts(_ subject: String, _ tallies: [DoubtTally]) -> [DoubtCount] {
      tallies.map {
        DoubtCount(
          subject: subject, verdict: $0.verdict, doubt: $0.doubt.rawValue, meaning: meanings[$0.doubt.rawValue] ?? "",
          count: $0.count)
      }
    }
    self.doubts =
      doubts("retry_test", rounds.doubtsOfDecisions) + doubts("check", checks.doubts)
      + doubts("cause", rounds.doubtsOfCauses)
    unexplainedSeqMoves = try database.rows(
      "SELECT id, unexplained_seq_moves FROM vm WHERE unexplained_seq_moves > 0 ORDER BY id"
    ) { SeqMoves(vm: $0.integer(0), moves: $0.integer(1)) }
    neverEnded = try Self.neverEnded(database)
    forms = try database.formAgreements().map {
      Form(
        form: $0.form, tests: $0.testCount, agreeingTests: $0.agreeingTestCount, moverCount: $0.moverCount,
        refutedCount: $0.refutedCount, refutedEvent: $0.event, refutedBy: $0.refutation?.rawValue)
    }
    retries = rounds.causes.map {
      RetryCause(
        cause: $0.cause.rawValue, subCause: $0.subCause?.rawValue, rounds: $0.rounds, refreshes: $0.refreshes,
        lostNs: $0.lostNs)
    }
    findingCounts = try database.rows(Self.findingCountsSQL) {
      FindingCount(kind: $0.text(0), certainty: $0.text(1), count: $0.integer(2))
    }
    findings = try Self.findings(database, max: findingsMax)
    verdict = ReportVerdict(status: .clean, reasons: [])
    verdict = ReportVerdict(of: self)
  }

  private static let findingCountsSQL = """
    SELECT kind, certainty, count(*) FROM finding_report GROUP BY kind, certainty
    ORDER BY CASE kind WHEN 'contract' THEN 1 WHEN 'stale' THEN 2 WHEN 'stuck' THEN 3 WHEN 'divergence' THEN 4 ELSE 5 END, certainty
    """

  private static func trace(_ database: TraceDatabase) throws(TraceStoreError) -> Trace {
    let facts = try database.facts()
    return Trace(
      file: facts.fileName, contentHash: facts.contentHash, toolVersion: facts.toolVersion, format: facts.format,
      bytes: facts.byteCount, lines: facts.lineCount, events: facts.eventCount, firstNs: facts.firstTime?.rawValue,
      lastNs: facts.lastTime?.rawValue, clock: facts.clock.rawValue, clockSource: facts.clockSource,
      stampUnit: facts.stampUnit, resolutionNs: facts.resolutionNs, incomplete: facts.incomplete,
      eventPlace: facts.eventPlace, kernelRelease: facts.kernelRelease?.text)
  }

  private static func counts(_ database: TraceDatabase) throws(TraceStoreError) -> Counts {
    func count(_ sql: String) throws(TraceStoreError) -> Int64 {
      let row = try database.statement(sql)
      return try row.step() ? row.integer(0) : 0
    }
    return Counts(
      vms: try count("SELECT count(*) FROM vm"), caches: try count("SELECT count(*) FROM cache"),
      memslots: try count("SELECT count(*) FROM memslot"),
      invalidations: try count("SELECT count(*) FROM invalidation"),
      invalidationsUnpaired: try count(
        "SELECT count(*) FROM invalidation WHERE start_event_id IS NULL OR end_event_id IS NULL"),
      refreshes: try count("SELECT count(*) FROM refresh"), rounds: try count("SELECT count(*) FROM retry_round"),
      roundsMax: try count("SELECT coalesce(max(round_count), 0) FROM refresh"),
      checks: try count("SELECT count(*) FROM cache_check"))
  }

  /// The numbers below the highest of which no event is recorded.
  private static func silentCPUs(_ database: TraceDatabase) throws(TraceStoreError) -> [Int64] {
    let seen = Set(try database.rows("SELECT DISTINCT cpu FROM event WHERE cpu >= 0") { $0.integer(0) })
    return (0..<(seen.max() ?? 0)).filter { !seen.contains($0) }
  }

  private static func issues(_ database: TraceDatabase) throws(TraceStoreError) -> [Issue] {
    var issues = try database.rows(
      """
      SELECT kind, severity, count FROM import_issue_count
      ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, kind
      """
    ) { Issue(kind: $0.text(0), severity: $0.text(1), count: $0.integer(2), first: []) }
    let occurrence = try database.statement(
      "SELECT line, reason, excerpt FROM import_issue WHERE kind = ?1 ORDER BY id")
    for index in issues.indices {
      occurrence.reset()
      occurrence.bind(1, issues[index].kind)
      while try occurrence.step() {
        issues[index].first.append(
          Occurrence(line: occurrence.integer(0), reason: occurrence.text(1), excerpt: occurrence.text(2)))
      }
    }
    return issues
  }

  private static func neverEnded(_ database: TraceDatabase) throws(TraceStoreError) -> [NeverEndedCall] {
    let waits = try database.rows(
      """
      SELECT never_ended_id, never_ended_wait.form, statement, can_be_left FROM never_ended_wait
      JOIN form_agreement ON form_agreement.form = never_ended_wait.form
      WHERE refuted_count = 0 ORDER BY never_ended_id, form_agreement.id
      """
    ) { (call: $0.integer(0), form: $0.text(1), statement: $0.text(2), canBeLeft: $0.integer(3) == 1) }
    return try database.rows(
      """
      SELECT kind, vm_id, cache_id, gpc, comm || '-' || pid, event_id, last_event_id, open_ns, refresh_id, invalidation_id, range,
        waits_at, (SELECT kind_id FROM event WHERE event.id = last_event_id),
        coalesce((SELECT end_event_id < last_event_id FROM invalidation WHERE invalidation.id = invalidation_id), 0), id
      FROM never_ended_report
      """
    ) {
      let id = $0.integer(14)
      let last = EventKind(rawValue: UInt8(truncatingIfNeeded: $0.integer(12))) ?? .bystander
      return NeverEndedCall(
        kind: $0.text(0), vm: $0.optionalInteger(1), cache: $0.optionalInteger(2), gpc: $0.optionalText(3),
        task: $0.text(4), event: $0.integer(5), lastEvent: $0.integer(6), openNs: $0.integer(7),
        place: last.place(walksInEndHook: $0.integer(13) == 1), refresh: $0.optionalInteger(8),
        invalidation: $0.optionalInteger(9), range: $0.optionalText(10), waitsAt: $0.optionalText(11),
        waits: waits.filter { $0.call == id }.reduce(into: []) { groups, wait in
          if let place = groups.firstIndex(where: { $0.statement == wait.statement && $0.canBeLeft == wait.canBeLeft })
          {
            groups[place].forms.append(wait.form)
          } else {
            groups.append(Report.Wait(forms: [wait.form], statement: wait.statement, canBeLeft: wait.canBeLeft))
          }
        })
    }
  }

  private static func findings(_ database: TraceDatabase, max: Int) throws(TraceStoreError) -> [FindingDetail] {
    let ids = try database.rows(
      """
      WITH ranked AS (SELECT id, kind, certainty, row_number() OVER () AS place FROM finding_report)
      SELECT id FROM (SELECT id, place, row_number() OVER (PARTITION BY kind, certainty ORDER BY place) AS rank FROM ranked)
      WHERE rank <= \(max) ORDER BY place
      """
    ) { $0.integer(0) }
    var findings: [FindingDetail] = []
    for id in ids {
      if let finding = try FindingDetail(id, in: database) { findings.append(finding) }
    }
    return findings
  }
}

extension Report.Conformance {
  fileprivate init(_ subject: String, _ decisions: DecisionTally) {
    self.init(
      subject: subject, forcedAgreeing: decisions[.agrees], forced: decisions[.agrees] + decisions[.disagrees],
      open: decisions[.open], unknown: decisions[.unknown])
  }
}

extension FindingDetail {
  /// nil: the database has no such finding.
  package init?(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let row = try database.statement(
      """
      SELECT finding_report.id, kind, certainty, summary, vm_id, kvm, cache_id, gpc, invalidation_id, refresh_id, check_id, event_id,
        witness, no_witness, witness_event_id, witness_ret_event_id, after_removal_count, same_pfn_count
      FROM finding_report LEFT JOIN witness_weight WHERE finding_report.id = ?1
      """)
    row.bind(1, id)
    guard try row.step() else { return nil }
    self.init(
      id: row.integer(0), kind: row.text(1), certainty: row.text(2), summary: row.text(3),
      vm: row.optionalInteger(4), kvm: row.optionalText(5), cache: row.optionalInteger(6), gpc: row.optionalText(7),
      invalidation: row.optionalInteger(8), refresh: row.optionalInteger(9), check: row.optionalInteger(10),
      event: row.integer(11), witness: Self.witness(row), proof: try Self.proof(of: id, in: database))
  }

  private static func witness(_ row: Statement) -> Witness? {
    row.optionalText(12).map {
      Witness(
        answer: $0, lack: row.optionalText(13), lookup: row.optionalInteger(14), lookupRet: row.optionalInteger(15),
        afterRemoval: row.optionalInteger(16) ?? 0, samePfn: row.optionalInteger(17) ?? 0)
    }
  }

  private static func proof(of id: Int64, in database: TraceDatabase) throws(TraceStoreError) -> [ProofEvent] {
    let row = try database.statement(
      """
      SELECT event.id, event.ts_ns, event.cpu, event_text.comm || '-' || event_text.pid, event_text.name,
        event.kind_id, event_text.fields
      FROM finding_event JOIN event ON event.id = finding_event.event_id JOIN event_text ON event_text.id = event.id
      WHERE finding_event.finding_id = ?1 ORDER BY position
      """)
    row.bind(1, id)
    var proof: [ProofEvent] = []
    /// By task: the hook that it entered last.
    var hooks: [String: EventKind] = [:]
    while try row.step() {
      let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: row.integer(5))) ?? .bystander
      let task = row.text(3)
      if kind == .mnInvalidateRangeStart || kind == .mnInvalidateRangeEnd { hooks[task] = kind }
      proof.append(
        ProofEvent(
          line: row.integer(0), tsNs: row.integer(1), cpu: row.integer(2), task: task, name: row.text(4),
          place: kind.place(walksInEndHook: hooks[task] == .mnInvalidateRangeEnd), fields: row.text(6)))
    }
    return proof
  }
}

extension TraceDatabase {
  func rows<Row>(_ sql: String, _ read: (Statement) -> Row) throws(TraceStoreError) -> [Row] {
    let statement = try statement(sql)
    var rows: [Row] = []
    while try statement.step() { rows.append(read(statement)) }
    return rows
  }
}
