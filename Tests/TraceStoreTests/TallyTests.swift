// The report's figures that are counted from pages, against the views that say the same by SQL.

import KVMEvents
import Testing

@testable import TraceStore

@Suite struct TallyTests {
  @Test func saysWhatTheViewsSay() throws {
    let database = try Example.database()
    try expectAgreement(database)
    // Written by SQLite itself, too: words of every kind, refreshes that come again, none at all.
    try database.connection.execute(
      """
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      INSERT INTO refresh SELECT 2 + i, 1, 1, 0, 'refresh', 'mapped', NULL, 3, 25, 0, 1, 0, 0, 0, 0, 0, NULL, NULL FROM n;
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 19999),
        reason (place, name) AS (SELECT row_number() OVER (ORDER BY name) - 1, name FROM doubt),
        word (i, decision, cause, sub_cause, doubt) AS (SELECT i,
          CASE i % 5 WHEN 0 THEN 'agrees' WHEN 1 THEN 'disagrees' WHEN 2 THEN 'open' WHEN 3 THEN 'unknown' END,
          CASE i / 5 % 5 WHEN 0 THEN 'false' WHEN 1 THEN 'necessary' WHEN 2 THEN 'undecided' WHEN 3 THEN 'unknown' END,
          CASE i / 25 % 5 WHEN 0 THEN 'self' WHEN 1 THEN 'count' WHEN 2 THEN 'seq' WHEN 3 THEN 'widened' ELSE 'seq_other' END,
          (SELECT name FROM reason WHERE place = i / 7 % 10) FROM n)
      INSERT INTO retry_round SELECT NULL, 1 + i * 7 % 3000, 1, NULL, NULL, NULL, NULL, NULL, 'retried', decision, cause,
        iif(cause IS NULL, NULL, sub_cause), NULL, iif(i % 3 = 0, NULL, i * 1000000),
        iif(decision IN ('open', 'unknown') OR cause IN ('undecided', 'unknown'), doubt, NULL) FROM word;
      """)
    try expectAgreement(database)
    try database.connection.execute("DELETE FROM retry_round; DELETE FROM cache_check")
    try expectAgreement(database)
  }

  private func expectAgreement(_ database: TraceDatabase) throws {
    let rounds = try database.roundTally()
    let causes = rounds.causes.map {
      "\($0.cause.rawValue)|\($0.subCause?.rawValue ?? "")|\($0.rounds)|\($0.refreshes)|\($0.lostNs)"
    }
    #expect(try causes == database.rows("SELECT cause, sub_cause, rounds, refreshes, lost_ns FROM retry_by_cause"))
    let checks = try database.checkTally()
    let doubts = [("retry_test", rounds.doubtsOfDecisions), ("check", checks.doubts), ("cause", rounds.doubtsOfCauses)]
    let words = doubts.flatMap { subject, tallies in
      tallies.map { "\(subject)|\($0.verdict)|\($0.doubt.rawValue)|\($0.count)" }
    }
    #expect(
      try words.sorted() == database.rows("SELECT subject, verdict, doubt, count FROM doubt_count").sorted())
    let decisions = [("retry_test", rounds.decisions), ("check", checks.decisions)].map { subject, tally in
      let forced = tally[.agrees] + tally[.disagrees]
      return "\(subject)|\(tally[.agrees])|\(forced)|\(tally[.open])|\(tally[.unknown])"
    }
    #expect(try decisions == database.rows("SELECT * FROM conformance"))
  }

  @Test(arguments: [
    "UPDATE retry_round SET decision = 'agreed' WHERE id = 2", "UPDATE retry_round SET cause = '' WHERE id = 1",
    "UPDATE retry_round SET refresh_id = 2 WHERE id = 1", "UPDATE retry_round SET refresh_id = -1 WHERE id = 1",
    "UPDATE retry_round SET outcome = printf('%.*c', 100, 'x') WHERE id = 1",
  ])
  func takesNothingThatIsNoneOfOurs(sql: String) throws {
    let database = try Example.database()
    try database.connection.execute("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; \(sql)")
    #expect(throws: TraceStoreError.self) { try database.roundTally() }
  }
}
