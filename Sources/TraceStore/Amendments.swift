// Late knowledge: verdicts that become unknown after their rows were written.

import KVMEvents
import Results

/// Collected while rows are written, applied once all are: a round's refresh and a check's cache are written after it.
struct Amendments {
  var taints = Taints()
  var openInvalidations: [Int64] = []
  /// Kinds of event that are not recorded: nothing may depend on absent events.
  var missingProbes: [EventKind] = []
  /// Events were omitted without a marker.
  var omissions: Set<SilentOmission.Sign> = []
  /// Recorded sequences of a VM moved more than the recorded hooks explain.
  var hasUnexplainedMoves = false
  /// A check gave an answer that the recording rules out.
  var hasContradictingChecks = false
  /// Fields were used that are not what their probes should read.
  var restsOnImplausibleFields = false
  /// Without one of these it is not known which round was the last of its refresh.
  private static let ends: Set<EventKind> = [.hvaToPfn, .hvaToPfnRet, .gpcRefreshDone]

  func apply(on connection: Connection, settings: ReplaySettings?) throws(TraceStoreError) {
    if !taints.isEmpty || !openInvalidations.isEmpty { try amend(on: connection, settings: settings) }
    if hasUnexplainedMoves { try connection.execute(Self.withdrawRaisingWitnesses) }
    if hasUnexplainedMoves || hasContradictingChecks {
      // What moved them, or changed `valid`, may have been an invalidation of the refresh's page.
      try connection.execute(
        """
        UPDATE finding SET certainty = '\(Finding.Certainty.possible.rawValue)'
          WHERE kind = '\(Finding.Kind.excessiveRetry.rawValue)'
        """)
    }
    if !omissions.isEmpty || restsOnImplausibleFields {
      try connection.execute(Self.makeAbsenceUnfounded)
      // Then recorded events may also be paired wrongly.
      if !omissions.isDisjoint(with: [.countBelow, .unpaired]) || restsOnImplausibleFields {
        try connection.execute("UPDATE finding SET certainty = '\(Finding.Certainty.possible.rawValue)'")
      }
    }
    if missingProbes.isEmpty { return }
    try connection.execute(Self.makeAllUnknown)
    if missingProbes.contains(where: Self.ends.contains) { try connection.execute(Self.makeOutcomesUnknown) }
  }

  private func amend(on connection: Connection, settings: ReplaySettings?) throws(TraceStoreError) {
    try connection.execute(
      """
      CREATE TEMP TABLE open_invalidation (id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE tainted_round (id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE tainted_cause (id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE tainted_check (id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE tainted_refresh (id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE refresh_sums (
        id INTEGER PRIMARY KEY, necessary_count INTEGER, false_count INTEGER, undecided_count INTEGER, false_ns INTEGER);
      """)
    try collectTainted(on: connection)
    try collectOpen(on: connection)
    try connection.execute(Amendments.makeUnknown)
    try recount(on: connection, settings: settings)
    try connection.execute(
      """
      DELETE FROM finding_event WHERE finding_id NOT IN (SELECT id FROM finding);
      DROP TABLE open_invalidation;
      DROP TABLE tainted_round; DROP TABLE tainted_cause; DROP TABLE tainted_check; DROP TABLE tainted_refresh;
      DROP TABLE refresh_sums;
      """)
  }

  private func collectTainted(on connection: Connection) throws(TraceStoreError) {
    // The evidence of a decision is the time from its first event to its last, from the previous test to the event
    // after the round (if that has no row here, the refresh's entry and return bound it): a gap in the middle of it
    // counts as well.
    let rounds = try connection.prepare(
      """
      SELECT round.id AS id, refresh.vm_id AS vm_id,
        coalesce(former_event_id, refresh.entry_event_id, first_event_id) AS first,
        coalesce(next_event_id, refresh.return_event_id, last_event_id) AS last
      FROM (
        SELECT id, refresh_id, coalesce(loop_event_id, lookup_event_id, lookup_ret_event_id, test_event_id) AS first_event_id,
          coalesce(test_event_id, lookup_ret_event_id, lookup_event_id, loop_event_id) AS last_event_id,
          lag(coalesce(test_event_id, lookup_ret_event_id)) OVER rounds AS former_event_id,
          lead(coalesce(loop_event_id, lookup_event_id, test_event_id)) OVER rounds AS next_event_id
        FROM retry_round WHERE id >= ?1 AND id < ?2
        WINDOW rounds AS (PARTITION BY refresh_id ORDER BY number)) AS round
      LEFT JOIN refresh ON refresh.id = round.refresh_id
      """)
    let checks = try connection.prepare(
      """
      SELECT cache_check.id AS id, cache.vm_id AS vm_id, entry_event_id AS first,
        coalesce(return_event_id, entry_event_id) AS last
      FROM cache_check LEFT JOIN cache ON cache.id = cache_check.cache_id
      WHERE entry_event_id >= ?1 AND entry_event_id < ?2
      """)
    let taintRound = try connection.prepare("INSERT OR IGNORE INTO tainted_round VALUES (?)")
    let taintCheck = try connection.prepare("INSERT OR IGNORE INTO tainted_check VALUES (?)")
    for rows in taints.ranges(\.rounds) {
      rounds.bind([rows.lowerBound, rows.upperBound])
      while try rounds.step() {
        let id = rounds.integer("id")
        if taints.concern(Self.evidence(rounds), of: Self.vm(rounds), { $0.rounds.contains(id) }) {
          try taintRound.run(id)
        }
      }
      rounds.reset()
    }
    for entries in taints.ranges(\.checkEntries) {
      checks.bind([entries.lowerBound, entries.upperBound])
      while try checks.step() {
        let entry = checks.integer("first")
        if taints.concern(Self.evidence(checks), of: Self.vm(checks), { $0.checkEntries.contains(entry) }) {
          try taintCheck.run(checks.integer("id"))
        }
      }
      checks.reset()
    }
  }

  private static func vm(_ row: Statement) -> Int32? {
    row.optionalInteger("vm_id").map { Int32(truncatingIfNeeded: $0) }
  }

  private static func evidence(_ row: Statement) -> Taints.Evidence {
    Taints.Evidence(first: row.optionalInteger("first"), last: row.optionalInteger("last"))
  }

  private func collectOpen(on connection: Connection) throws(TraceStoreError) {
    guard !openInvalidations.isEmpty else { return }
    let open = try connection.prepare("INSERT OR IGNORE INTO open_invalidation VALUES (?)")
    for id in openInvalidations {
      try open.run(id)
    }
    try connection.execute(
      """
      INSERT OR IGNORE INTO tainted_round SELECT id FROM retry_round
        WHERE invalidation_id IN (SELECT id FROM open_invalidation);
      INSERT OR IGNORE INTO tainted_check SELECT check_id FROM finding
        WHERE kind = 'divergence' AND check_id IS NOT NULL AND invalidation_id IN (SELECT id FROM open_invalidation);
      UPDATE retry_round SET doubt = 'unrecorded_end' WHERE invalidation_id IN (SELECT id FROM open_invalidation);
      UPDATE cache_check SET doubt = 'unrecorded_end' WHERE id IN (SELECT check_id FROM finding
        WHERE kind = 'divergence' AND check_id IS NOT NULL AND invalidation_id IN (SELECT id FROM open_invalidation));
      DELETE FROM finding WHERE kind <> 'stuck' AND invalidation_id IN (SELECT id FROM open_invalidation);
      """)
  }

  /// A round that reached no test keeps having no decision, and a last round no cause. Findings about rows that became
  /// unknown are deleted.
  private static let makeUnknown = """
    -- A round that was repeated for an invalidation whose end hook's return is recorded was repeated rightly, whatever was dropped beside it; and
    -- if that one overlaps, also its cause stands.
    -- (CROSS JOIN: from the few tainted rounds; SQLite would go through all rounds, as it does not know how few they are.)
    INSERT INTO tainted_cause SELECT retry_round.id FROM tainted_round CROSS JOIN retry_round USING (id)
      JOIN invalidation ON invalidation.id = retry_round.invalidation_id
      WHERE outcome = 'retried' AND decision = 'agrees' AND invalidation.end_ret_event_id IS NOT NULL
        AND (cause = 'necessary' AND hits_memslot = 1 OR sub_cause = 'count');
    DELETE FROM tainted_round WHERE id IN (SELECT id FROM tainted_cause);
    INSERT OR IGNORE INTO tainted_refresh SELECT refresh_id FROM retry_round
      WHERE id IN (SELECT id FROM tainted_round UNION ALL SELECT id FROM tainted_cause);
    UPDATE retry_round SET cause = 'unknown', sub_cause = NULL, invalidation_id = NULL, doubt = 'loss'
      WHERE cause = 'false' AND id IN (SELECT id FROM tainted_cause);
    -- Another one that overlaps may be in the gap: it was not the round's own lookup alone.
    UPDATE retry_round SET sub_cause = NULL WHERE cause = 'necessary' AND id IN (SELECT id FROM tainted_cause);
    DELETE FROM finding WHERE kind <> 'excessive_retry' AND (
      check_id IN (SELECT id FROM tainted_check)
      OR check_id IS NULL AND event_id IN (
        SELECT coalesce(test_event_id, lookup_ret_event_id) FROM retry_round WHERE id IN (SELECT id FROM tainted_round)));
    UPDATE retry_round SET
      decision = iif(decision IS NULL, NULL, 'unknown'), cause = iif(cause IS NULL, NULL, 'unknown'),
      sub_cause = NULL, invalidation_id = NULL,
      doubt = CASE WHEN decision IS NULL AND cause IS NULL THEN NULL WHEN doubt = 'unrecorded_end' THEN doubt ELSE 'loss' END
      WHERE id IN (SELECT id FROM tainted_round);
    UPDATE cache_check SET decision = 'unknown', doubt = iif(doubt = 'unrecorded_end', doubt, 'loss')
      WHERE decision IS NOT NULL AND id IN (SELECT id FROM tainted_check);
    -- A finding is also withdrawn where only the invalidation that it cites lies in a gap: no row disagrees without one.
    UPDATE retry_round SET decision = 'unknown', doubt = 'loss' WHERE decision = 'disagrees'
      AND coalesce(test_event_id, lookup_ret_event_id) NOT IN (SELECT event_id FROM finding WHERE kind = 'divergence');
    UPDATE cache_check SET decision = 'unknown', doubt = 'loss' WHERE decision = 'disagrees'
      AND id NOT IN (SELECT check_id FROM finding WHERE kind = 'divergence' AND check_id IS NOT NULL);
    """

  /// Another pfn proves something only if no other invalidation can have removed the page: not if a mover of seq may be
  /// an omitted one (evidence, rules 21 and 23).
  private static let withdrawRaisingWitnesses = FindingWriter.takingWitnessesBack(
    for: .hidden, where: "witness = 'other_pfn' AND vm_id IN (SELECT id FROM vm WHERE unexplained_seq_moves > 0)",
    schema: "main")

  /// Nothing that depends on absent events is certain. `contract`, and an accepted error pfn, do not (evidence, rule
  /// 19).
  private static let makeAbsenceUnfounded = """
    DELETE FROM finding WHERE kind IN ('divergence', 'excessive_retry');
    DELETE FROM finding_event WHERE finding_id NOT IN (SELECT id FROM finding);
    UPDATE finding SET certainty = 'possible' WHERE kind = 'stale' AND invalidation_id IS NOT NULL;
    \(makeDecisionsUnknown(.leftOut))
    """

  /// Only `contract`, and an accepted error pfn, depend on recorded events alone.
  private static let makeAllUnknown = """
    DELETE FROM finding WHERE kind <> 'contract' AND (kind <> 'stale' OR invalidation_id IS NOT NULL);
    DELETE FROM finding_event WHERE finding_id NOT IN (SELECT id FROM finding);
    \(makeDecisionsUnknown(.probes))
    """

  private static func makeDecisionsUnknown(_ doubt: Doubt) -> String {
    """
    UPDATE retry_round SET decision = iif(decision IS NULL, NULL, 'unknown'), cause = iif(cause IS NULL, NULL, 'unknown'),
      sub_cause = NULL, invalidation_id = NULL, doubt = iif(decision IS NULL AND cause IS NULL, NULL, '\(doubt.rawValue)');
    UPDATE cache_check SET decision = 'unknown', doubt = '\(doubt.rawValue)' WHERE decision IS NOT NULL;
    UPDATE refresh SET necessary_count = 0, false_count = 0, undecided_count = 0, false_ns = 0;
    """
  }

  /// A round that seems to be repeated may have been the last of its refresh, and the next one may belong to another.
  private static let makeOutcomesUnknown = """
    UPDATE retry_round SET outcome = 'unfinished', decision = NULL, cause = NULL, doubt = NULL WHERE outcome <> 'accepted';
    """

  /// The sums of a refresh follow its rounds, and a finding of excess follows the sums. In one pass over the rounds: no
  /// index leads from a refresh to them.
  private func recount(on connection: Connection, settings: ReplaySettings?) throws(TraceStoreError) {
    try connection.execute(
      """
      INSERT INTO refresh_sums
        SELECT refresh_id, count(*) FILTER (WHERE cause = 'necessary'), count(*) FILTER (WHERE cause = 'false'),
          count(*) FILTER (WHERE cause = 'undecided'),
          CAST(total(duration_ns) FILTER (WHERE cause = 'false') AS INTEGER)
        FROM retry_round WHERE refresh_id IN (SELECT id FROM tainted_refresh) GROUP BY refresh_id;
      UPDATE refresh SET (necessary_count, false_count, undecided_count, false_ns) = (
        SELECT necessary_count, false_count, undecided_count, false_ns FROM refresh_sums AS sums WHERE sums.id = refresh.id)
      WHERE id IN (SELECT id FROM refresh_sums)
      """)
    guard let settings else { return }
    try connection.execute(
      """
      DELETE FROM finding WHERE kind = 'excessive_retry' AND refresh_id IN (
        SELECT id FROM refresh WHERE id IN (SELECT id FROM tainted_refresh)
          AND false_count <= \(settings.retriesMax) AND false_ns <= \(settings.stallMaxNs))
      """)
  }
}
