// The figures that a case may count, and the SQL that gives each.

import TraceStore

/// A figure of `[[counts]]`: its name, and where it is in the case's database.
package struct CaseFigure: Sendable {
  package let name: String
  /// One SELECT that gives one number, or nothing if there is none.
  private let sql: String

  /// nil: no such figure.
  ///
  /// - Parameter form: the form that `compare` models; nil: figures of the recording.
  package init?(_ name: String, form: String?) {
    self.name = name
    if let form {
      guard let column = Self.modelled[name] else { return nil }
      sql = "SELECT \(column) FROM form_cost WHERE form = '\(form)'"
    } else if name.hasPrefix(Self.event) {
      let event = name.dropFirst(Self.event.count)
      guard !event.isEmpty, event.utf8.allSatisfy({ $0 != UInt8(ascii: "'") && $0 >= 0x20 }) else { return nil }
      sql = "SELECT coalesce(sum(count), 0) FROM event_name WHERE name = '\(event)'"
    } else {
      guard let known = Self.recorded[name] else { return nil }
      sql = known
    }
  }

  /// nil: there is none, as for the maximum of nothing.
  package func value(in database: TraceDatabase) throws(TraceStoreError) -> Int64? {
    try database.number(sql)
  }

  private static let event = "event "

  /// For the documentation: the names, except `event NAME`.
  package static var recordedNames: [String] { recorded.keys.sorted() }
  package static var modelledNames: [String] { modelled.keys.sorted() }

  private static let recorded = [
    "events": "SELECT event_count FROM trace",
    "lost_gaps": "SELECT count(*) FROM loss",
    "vms": "SELECT count(*) FROM vm",
    "caches": "SELECT count(*) FROM cache",
    "memslots": "SELECT count(*) FROM memslot",
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
    "repeated_seq_other": "SELECT count(*) FROM retry_round WHERE sub_cause = 'seq_other'",
    "stale_other_pfn": "SELECT count(*) FROM finding WHERE witness = 'other_pfn'",
    "stale_same_pfn": "SELECT count(*) FROM finding WHERE witness = 'same_pfn'",
    "never_ended": "SELECT count(*) FROM never_ended",
    "repeated_self": "SELECT count(*) FROM retry_round WHERE sub_cause = 'self'",
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

  /// The columns of `form_cost` that count something.
  private static let modelled = [
    "refreshes": "refresh_count", "failed": "failed_count", "stuck": "stuck_count", "rounds": "round_count",
    "necessary": "necessary_count", "false": "false_count", "widened": "widened_count",
    "wasted_lookups": "wasted_lookup_count", "necessary_waits": "necessary_wait_count",
    "false_waits": "false_wait_count", "widened_waits": "widened_wait_count", "wake_ups": "wake_up_count",
    "checks": "check_count", "failed_checks": "failed_check_count", "contract": "contract_count",
    "stale": "stale_count",
  ]
}
