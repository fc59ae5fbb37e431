// The longest stalls, and where a missed invalidation could hide.

import KVMEvents
import Results
import TraceStore

extension Report {
  private static let stallsMax = 3

  private static func firstEvent(_ column: String) -> String {
    "SELECT \(column) FROM event WHERE event.id = coalesce(entry_event_id, request_event_id, return_event_id)"
  }

  /// Without their issuers. None in ticks, which are no time.
  static func longestStalls(_ database: TraceDatabase, _ filter: ReportFilter) throws(TraceStoreError) -> [Stall] {
    guard try database.facts().stampUnit == .ns else { return [] }
    let condition = filter.condition(
      ReportFilter.Columns(
        vm: "refresh.vm_id", cache: "refresh.cache_id", time: "(\(Self.firstEvent("ts_ns")))", tasks: ["task"]))
    return try database.rows(
      """
      SELECT refresh.id AS id, cache_id, gpc_hex, comm || '-' || pid AS task, event.id AS event_id,
        ts_ns, stall_ns, round_count, necessary_count, false_count, outcome
      FROM refresh JOIN cache_hex AS cache ON cache.id = cache_id LEFT JOIN task ON task.id = refresh.task_id
      LEFT JOIN event ON event.id = coalesce(entry_event_id, request_event_id, return_event_id)
      WHERE refresh.id IN (
        SELECT refresh.id FROM refresh LEFT JOIN task ON task.id = refresh.task_id
        WHERE stall_ns > 0 AND \(condition) ORDER BY stall_ns DESC, refresh.id LIMIT \(stallsMax))
      ORDER BY stall_ns DESC, refresh.id
      """, filter.task
    ) {
      Stall(
        refresh: $0.integer("id"), cache: $0.integer("cache_id"), gpc: $0.text("gpc_hex"), task: $0.text("task"),
        event: $0.optionalInteger("event_id"), tsNs: $0.optionalInteger("ts_ns"), stallNs: $0.integer("stall_ns"),
        rounds: $0.integer("round_count"), necessaryRounds: $0.integer("necessary_count"),
        falseRounds: $0.integer("false_count"), outcome: $0.text("outcome"), issuers: [])
    }
  }

  static func hiddenMisses(_ database: TraceDatabase) throws(TraceStoreError) -> HiddenMisses {
    func count(_ subject: UndecidedOverlap.Subject) throws(TraceStoreError) -> Int64 {
      try database.number("SELECT count(*) FROM hidden_miss WHERE subject = ?1", subject) ?? 0
    }
    return HiddenMisses(retryTests: try count(.retryTest), checks: try count(.check))
  }
}
