// The views over the hand-made recording (figures from its drawing in Example) and over none at all.

import KVMEvents
import Schema
import Testing
import TraceStore

@Suite struct ViewTests {
  static let expected: [(sql: String, rows: [String])] = [
    ("SELECT * FROM conformance", ["retry_test|3|3|0|0", "check|1|1|0|0"]),
    ("SELECT * FROM retry_by_cause", ["false|count|1|1|8000", "necessary||1|1|9000"]),
    (
      "SELECT gpc_hex, last_uhva_hex, refreshes, refreshes_retrying, rounds, necessary_rounds, false_rounds, stall_ns FROM cache_retry",
      ["0xffff88810000a668|0x7f0000010000|1|1|3|1|1|17000"]
    ),
    (
      "SELECT invalidation_id, hva_start_hex, pid, rounds, necessary_rounds, false_rounds, lost_ns FROM invalidation_retry",
      ["1|0x7f0000020000|12|1|0|1|8000", "2|0x7f0000010000|12|1|1|0|9000"]
    ),
    ("SELECT refresh_id, stall_ns, rounds, comm, lock_wait_ns FROM stall", ["1|17000|3|evtchn|500"]),
    (
      "SELECT witness, event_id, invalidation_id, uhva_hex, is_in_contract_window FROM valid_during_invalidation",
      ["check|16|2|0x7f0000010000|1"]
    ),
    ("SELECT * FROM loss_by_cpu", ["0|1|7|0|20|20"]),
    (
      "SELECT id, kind, certainty, kvm_hex, gpc_hex, event_id, ts_ns, since_start_ns, seconds, proof FROM finding_report",
      // Three lines of the example could not be read: nothing is certain.
      ["1|contract|possible|0xffff888100000000|0xffff88810000a668|17|5000017000|16000|5.000017|11 16 17 18"]
    ),
    (
      "SELECT position, event_id, seconds, pid, is_the_wrong_one FROM finding_timeline",
      ["1|11|5.000011|12|0", "2|16|5.000016|11|0", "3|17|5.000017|11|1", "4|18|5.000018|12|0"]
    ),
    (
      "SELECT * FROM event_text WHERE id IN (16, 20)",
      [
        "16|5000016000|15000|5.000016|0|evtchn|11|n25|kvm=0xffff888100000000 gpc=0xffff88810000a668 uhva=0x7f0000010000",
        "20|5000020000|19000|5.00002|0|||lost_events|len=7",
      ]
    ),
    ("SELECT name, kind, count, is_stored FROM event_count LIMIT 1", ["n20|gpc_retry_loop|3|1"]),
    // The hooks without their walk; a check without the probes that could tell what became of its cache.
    (
      "SELECT probe FROM missing_probe",
      ["gpc_invalidate_start", "gpc_init", "gpc_activate"]
    ),
    ("SELECT * FROM task_wait", ["0|evtchn|11|1|3|17000|8000|500"]),
    (
      "SELECT kvm_hex, mn_hex, caches, memslots, invalidations, refreshes, findings FROM vm_activity",
      ["0xffff888100000000||1|1|2|1|1"]
    ),
    ("PRAGMA foreign_key_check", []),
    ("PRAGMA integrity_check", ["ok"]),
  ]

  @Test(arguments: expected) func example(sql: String, rows: [String]) throws {
    #expect(try Example.database().rows(sql) == rows)
  }

  @Test func nothingRecorded() throws {
    let database = try TraceWriter(at: .memory).finish(Example.summary(replay: nil))
    let views = try database.rows("SELECT name FROM sqlite_schema WHERE type = 'view'")
    #expect(views.count >= 12)
    for view in views where !["conformance", "event_count", "missing_probe"].contains(view) {
      #expect(try database.rows("SELECT * FROM \(view)").isEmpty, "\(view)")
    }
    #expect(try database.rows("SELECT * FROM conformance") == ["retry_test|0|0|0|0", "check|0|0|0|0"])
    #expect(try database.replaySettings() == nil)
  }

  @Test func kindsAndFieldsAreThoseOfTheCode() throws {
    let database = try Example.database()
    let kinds = EventKind.allCases.map { "\($0.rawValue)|\($0.name)" }
    #expect(try database.rows("SELECT id, name FROM event_kind ORDER BY id") == kinds)
    #expect(try database.columns(of: "event") == EventColumn.names)
    #expect(try database.rows("PRAGMA application_id") == [String(Schema.applicationID)])
    #expect(try database.rows("PRAGMA user_version") == [String(Schema.version)])
  }

  @Test func tablesAreStrict() throws {
    let database = try Example.database()
    #expect(throws: TraceStoreError.self) {
      _ = try database.rows("UPDATE event SET kvm = 'none' WHERE id = 1")
    }
    #expect(throws: TraceStoreError.self) { _ = try database.rows("UPDATE retry_round SET cause = 'bad luck'") }
    let loose = try database.rows("SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict")
    #expect(loose.filter { !$0.hasPrefix("sqlite_") } == [])
  }
}
