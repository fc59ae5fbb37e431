// The figures of an `expected.tsv`, and the SQL that gives each.

import Foundation
import RealBinary

/// One line of `expected.tsv`: a figure that was found without gpc-replay.
struct Figure {
  let name: String
  let value: Int64
  let origin: String

  static func expected(of corpusCase: CorpusCase) throws -> [Figure] {
    let text = try String(contentsOf: corpusCase.folder.appending(path: "expected.tsv"), encoding: .utf8)
    return try text.split(separator: "\n").dropFirst().map { line in
      let columns = line.split(separator: "\t").map(String.init)
      guard columns.count == 3, let value = Int64(columns[1]) else { throw BadLine(line: String(line)) }
      return Figure(name: columns[0], value: value, origin: columns[2])
    }
  }

  struct BadLine: Error { let line: String }

  /// nil: no such figure.
  var sql: String? {
    if name.hasPrefix("event ") {
      return "SELECT coalesce(sum(count), 0) FROM event_name WHERE name = '\(name.dropFirst("event ".count))'"
    }
    return Self.sql[name]
  }

  private static let sql = [
    "events": "SELECT event_count FROM trace",
    "lost_gaps": "SELECT count(*) FROM loss",
    "vms": "SELECT count(*) FROM vm",
    "caches": "SELECT count(*) FROM cache",
    "invalidations": "SELECT count(*) FROM invalidation",
    "invalidations_unpaired":
      "SELECT count(*) FROM invalidation WHERE start_event_id IS NULL OR end_event_id IS NULL",
    "refreshes": "SELECT count(*) FROM refresh",
    "refreshes_returning_an_error": "SELECT count(*) FROM refresh WHERE ret < 0",
    "rounds": "SELECT count(*) FROM retry_round",
    "rounds_max": "SELECT max(round_count) FROM refresh",
    "rounds_retried": "SELECT count(*) FROM retry_round WHERE outcome = 'retried'",
    "rounds_accepted": "SELECT count(*) FROM retry_round WHERE outcome = 'accepted'",
    "rounds_failed": "SELECT count(*) FROM retry_round WHERE outcome = 'failed'",
    "tests_forced": "SELECT forced FROM conformance WHERE subject = 'retry_test'",
    "tests_disagreeing": "SELECT forced - forced_agreeing FROM conformance WHERE subject = 'retry_test'",
    "tests_open": "SELECT open FROM conformance WHERE subject = 'retry_test'",
    "tests_unknown": "SELECT unknown FROM conformance WHERE subject = 'retry_test'",
    "repeated_false": "SELECT count(*) FROM retry_round WHERE cause = 'false'",
    "repeated_necessary": "SELECT count(*) FROM retry_round WHERE cause = 'necessary'",
    "repeated_undecided": "SELECT count(*) FROM retry_round WHERE cause = 'undecided'",
    "checks_yes": "SELECT count(*) FROM cache_check WHERE answer = 1",
    "checks_no": "SELECT count(*) FROM cache_check WHERE answer = 0",
    "checks_forced": "SELECT forced FROM conformance WHERE subject = 'check'",
    "checks_disagreeing": "SELECT forced - forced_agreeing FROM conformance WHERE subject = 'check'",
    "checks_open": "SELECT open FROM conformance WHERE subject = 'check'",
    "checks_unknown": "SELECT unknown FROM conformance WHERE subject = 'check'",
    "contract": "SELECT count(*) FROM finding WHERE kind = 'contract'",
    "stale_certain": "SELECT count(*) FROM finding WHERE kind = 'stale' AND certainty = 'certain'",
    "stale_possible": "SELECT count(*) FROM finding WHERE kind = 'stale' AND certainty = 'possible'",
    "divergence": "SELECT count(*) FROM finding WHERE kind = 'divergence'",
    "excessive": "SELECT count(*) FROM finding WHERE kind = 'excessive_retry'",
  ]
}
