// The report's SELECTs.

import KVMEvents
import Results
import TraceStore

extension Report {
  /// - Parameters:
  ///   - findingsMax: findings of each kind and certainty that come with their proof; nil: all.
  ///   - filter: which findings and stalls.
  package init(
    _ database: TraceDatabase, findingsMax: Int?, filter: ReportFilter = ReportFilter()
  ) throws(TraceStoreError) {
    self.filter = filter == ReportFilter() ? nil : filter
    trace = try database.facts()
    replay = try database.replaySettings()
    let marks = try database.rows(
      "SELECT text FROM recording_mark WHERE text LIKE 'recorded on %' OR text LIKE 'missed %' ORDER BY id"
    ) { $0.text("text") }
    recordingMarks = marks.isEmpty ? nil : marks
    counts = try Self.counts(database)
    events = try database.rows("SELECT name, kind, count FROM event_count WHERE kind IS NOT 'lost_events'") {
      EventCount(name: $0.text("name"), kind: $0.optionalText("kind"), count: $0.integer("count"))
    }
    issues = try Self.issues(database)
    losses = try database.rows("SELECT cpu, gaps, lost, gaps_of_unknown_size FROM loss_by_cpu") {
      Loss(
        cpu: $0.integer("cpu"), gaps: $0.integer("gaps"), lost: $0.integer("lost"),
        gapsOfUnknownSize: $0.integer("gaps_of_unknown_size"))
    }
    let givenUp = try database.givenUp().map(GivenUp.init)
    self.givenUp = givenUp.isEmpty ? nil : givenUp
    missingProbes = try database.rows("SELECT probe, unknown_without_it FROM missing_probe") {
      MissingProbe(probe: $0.text("probe"), unknown: $0.text("unknown_without_it"))
    }
    implausibleFields = try database.rows(
      "SELECT probe, field, sign, value_count, first_event_id FROM implausible_probe"
    ) { (row) throws(TraceStoreError) in
      ImplausibleField(
        probe: row.text("probe"), field: row.text("field"), sign: try row.word("sign"),
        values: row.integer("value_count"), firstEvent: row.optionalInteger("first_event_id"))
    }
    silentOmissions = try database.rows(
      "SELECT sign, event_count, first_event_id, most_missing FROM silent_omission ORDER BY id"
    ) { (row) throws(TraceStoreError) in
      SilentOmission(
        sign: try row.word("sign"), events: row.integer("event_count"), firstEvent: row.integer("first_event_id"),
        mostMissing: row.optionalInteger("most_missing"))
    }
    silentCpus = silentOmissions.isEmpty ? [] : try Self.silentCpus(database)
    let found = try FoundList(database, filter)
    let longest = try Self.longestStalls(database, filter)
    // Not from the views, whose SQL took a fifth of a whole run's instructions; ReportTests compare the figures with
    // theirs.
    let delayed = longest.flatMap { [$0.refresh] + $0.lockHolders.map(\.refresh) }
    let rounds = try database.roundTally(issuersOf: Set(found.excessive.keys).union(delayed))
    let issuers = try Issuers(rounds.issuers, in: database)
    let checks = try database.checkTally()
    conformance = [Conformance(.retryTest, rounds.decisions), Conformance(.check, checks.decisions)]
    var meanings = Dictionary(
      uniqueKeysWithValues: try database.rows("SELECT name, meaning FROM doubt") {
        ($0.text("name"), $0.text("meaning"))
      })
    // What is without a marker is no loss, but works like one.
    if losses.isEmpty {
      meanings[Doubt.loss.rawValue] =
        givenUp.isEmpty ? "events of it, or of what bears on it, are missing" : "what was open at a bound was given up"
    }
    func doubts(_ subject: Subject, _ tallies: [DoubtTally]) -> [DoubtCount] {
      tallies.map {
        DoubtCount(
          subject: subject, verdict: $0.verdict, doubt: $0.doubt, meaning: meanings[$0.doubt.rawValue] ?? "",
          count: $0.count)
      }
    }
    self.doubts =
      doubts(.retryTest, rounds.doubtsOfDecisions) + doubts(.check, checks.doubts)
      + doubts(.cause, rounds.doubtsOfCauses)
    unexplainedSeqMoves = try database.rows(
      "SELECT id, unexplained_seq_moves FROM vm WHERE unexplained_seq_moves > 0 ORDER BY id"
    ) { SeqMoves(vm: $0.integer("id"), moves: $0.integer("unexplained_seq_moves")) }
    neverEnded = try Self.neverEnded(database)
    forms = try database.formAgreements().map {
      Form(
        form: $0.form, tests: $0.testCount, agreeingTests: $0.agreeingTestCount, moverCount: $0.moverCount,
        refutedCount: $0.refutedCount, refutedEvent: $0.event, refutedBy: $0.refutation)
    }
    retries = rounds.causes.map {
      RetryCause(
        cause: $0.cause, subCause: $0.subCause, rounds: $0.rounds, refreshes: $0.refreshes,
        lostNs: $0.lostNs)
    }
    findingCounts = found.counts
    findingGroups = found.groups(issuers)
    findings = []
    for id in found.ids(ofEach: findingsMax, findingGroups) {
      if let finding = try FindingDetail(id, in: database, issuers) { findings.append(finding) }
    }
    stalls = longest.map { stall in
      var stall = stall
      stall.issuers = issuers[stall.refresh]
      for index in stall.lockHolders.indices {
        stall.lockHolders[index].issuers = issuers[stall.lockHolders[index].refresh]
      }
      return stall
    }
    hiddenMisses = try Self.hiddenMisses(database, filter)
    verdict = ReportVerdict(status: .clean, reasons: [])
    verdict = ReportVerdict(of: self)
    answer = Headline(self, database: nil, width: .max).sentences
  }

  private static func counts(_ database: TraceDatabase) throws(TraceStoreError) -> Counts {
    func count(_ sql: String) throws(TraceStoreError) -> Int64 { try database.number(sql) ?? 0 }
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

  /// The CPU numbers below the highest without any recorded event.
  private static func silentCpus(_ database: TraceDatabase) throws(TraceStoreError) -> [Int64] {
    let seen = Set(try database.rows("SELECT DISTINCT cpu FROM event WHERE cpu >= 0") { $0.integer("cpu") })
    return (0..<(seen.max() ?? 0)).filter { !seen.contains($0) }
  }

  private static func issues(_ database: TraceDatabase) throws(TraceStoreError) -> [Issue] {
    var issues = try database.rows(
      """
      SELECT kind, severity, count FROM import_issue_count
      ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END, kind
      """
    ) { (row) throws(TraceStoreError) in
      Issue(kind: try row.word("kind"), severity: try row.word("severity"), count: row.integer("count"), first: [])
    }
    for index in issues.indices {
      issues[index].first = try database.rows(
        "SELECT line, reason, excerpt FROM import_issue WHERE kind = ?1 ORDER BY id", issues[index].kind
      ) { Occurrence(line: $0.integer("line"), reason: $0.text("reason"), excerpt: $0.text("excerpt")) }
    }
    return issues
  }

  private static func neverEnded(_ database: TraceDatabase) throws(TraceStoreError) -> [NeverEndedCall] {
    let waits = try database.rows(
      """
      SELECT never_ended_id, never_ended_wait.form AS form, statement, can_be_left FROM never_ended_wait
      JOIN form_agreement ON form_agreement.form = never_ended_wait.form
      WHERE refuted_count = 0 ORDER BY never_ended_id, form_agreement.id
      """
    ) {
      (
        call: $0.integer("never_ended_id"), form: $0.text("form"), statement: $0.text("statement"),
        canBeLeft: $0.flag("can_be_left")
      )
    }
    return try database.rows(
      """
      SELECT kind, vm_id, cache_id, gpc_hex, comm || '-' || pid AS task, event_id, last_event_id, open_ns, refresh_id, invalidation_id, range,
        waits_at, (SELECT kind_id FROM event WHERE event.id = last_event_id) AS last_kind_id,
        coalesce((SELECT end_event_id < last_event_id FROM invalidation WHERE invalidation.id = invalidation_id), 0) AS walks_in_end_hook, id
      FROM never_ended_report
      """
    ) { (row) throws(TraceStoreError) in
      let id = row.integer("id")
      let last = EventKind(rawValue: UInt8(truncatingIfNeeded: row.integer("last_kind_id"))) ?? .bystander
      return NeverEndedCall(
        kind: try row.word("kind"), vm: row.optionalInteger("vm_id"), cache: row.optionalInteger("cache_id"),
        gpc: row.optionalText("gpc_hex"), task: row.text("task"), event: row.integer("event_id"),
        lastEvent: row.integer("last_event_id"), openNs: row.integer("open_ns"),
        place: last.place(walksInEndHook: row.flag("walks_in_end_hook")),
        refresh: row.optionalInteger("refresh_id"), invalidation: row.optionalInteger("invalidation_id"),
        range: row.optionalText("range"), waitsAt: row.optionalText("waits_at"),
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
}

extension Report.Conformance {
  fileprivate init(_ subject: Report.Subject, _ decisions: DecisionTally) {
    self.init(
      subject: subject, forcedAgreeing: decisions[.agrees], forced: decisions[.agrees] + decisions[.disagrees],
      open: decisions[.open], unknown: decisions[.unknown])
  }
}
