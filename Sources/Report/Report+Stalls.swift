// The longest stalls, and where a missed invalidation could hide.

import KVMEvents
import Results
import TraceStore

extension Report {
  private static let stallsMax = 3
  private static let lockHoldersMax = 3

  /// The time of the first of these events of a refresh that is recorded.
  private static func time(ofFirst events: String...) -> String {
    let known = events.map { "\($0)_event_id" }.joined(separator: ", ")
    return "(SELECT ts_ns FROM event WHERE event.id = coalesce(\(known)))"
  }

  /// Without their issuers. None in ticks, which are no time.
  static func longestStalls(_ database: TraceDatabase, _ filter: ReportFilter) throws(TraceStoreError) -> [Stall] {
    guard try database.facts().stampUnit == .ns else { return [] }
    let condition = filter.condition(
      ReportFilter.Columns(
        vm: "refresh.vm_id", cache: "refresh.cache_id", time: Self.time(ofFirst: "request", "entry", "return"),
        tasks: ["task"], end: Self.time(ofFirst: "return", "entry", "request")))
    var stalls = try database.rows(
      """
      SELECT refresh.id AS id, cache_id, gpc_hex, comm || '-' || pid AS task, event.id AS event_id,
        ts_ns, coalesce(lock_wait_ns, 0) + duration_ns AS latency_ns, lock_wait_ns, stall_ns, round_count, necessary_count, false_count,
        outcome
      FROM refresh JOIN cache_hex AS cache ON cache.id = cache_id LEFT JOIN task ON task.id = refresh.task_id
      LEFT JOIN event ON event.id = coalesce(request_event_id, entry_event_id, return_event_id)
      WHERE refresh.id IN (
        SELECT refresh.id FROM refresh LEFT JOIN task ON task.id = refresh.task_id
        WHERE duration_ns IS NOT NULL AND \(condition)
        ORDER BY coalesce(lock_wait_ns, 0) + duration_ns DESC, refresh.id LIMIT \(stallsMax))
      ORDER BY latency_ns DESC, refresh.id
      """, filter.task
    ) {
      Stall(
        refresh: $0.integer("id"), cache: $0.integer("cache_id"), gpc: $0.text("gpc_hex"), task: $0.text("task"),
        event: $0.optionalInteger("event_id"), tsNs: $0.optionalInteger("ts_ns"), latencyNs: $0.integer("latency_ns"),
        lockWaitNs: $0.optionalInteger("lock_wait_ns"), stallNs: $0.integer("stall_ns"),
        rounds: $0.integer("round_count"), necessaryRounds: $0.integer("necessary_count"),
        falseRounds: $0.integer("false_count"),
        outcome: $0.text("outcome"), issuers: [], lockHolders: [])
    }
    for index in stalls.indices where stalls[index].waitedForLock {
      stalls[index].lockHolders = try lockHolders(of: stalls[index], database)
    }
    return stalls
  }

  /// The refreshes of the same cache during whose time under `refresh_lock` it waited. Without their issuers.
  private static func lockHolders(
    of stall: Stall, _ database: TraceDatabase
  ) throws(TraceStoreError) -> [LockHolder] {
    guard let from = stall.tsNs, let wait = stall.lockWaitNs else { return [] }
    return try database.rows(
      """
      SELECT refresh.id AS id, comm || '-' || pid AS task, round_count,
        min(over.ts_ns, ?3) - max(entry.ts_ns, ?2) AS held_ns
      FROM refresh JOIN event AS entry ON entry.id = entry_event_id JOIN event AS over ON over.id = return_event_id
      LEFT JOIN task ON task.id = refresh.task_id
      WHERE cache_id = ?1 AND refresh.id <> ?4 AND entry.ts_ns < ?3 AND over.ts_ns > ?2
      ORDER BY held_ns DESC, refresh.id LIMIT \(lockHoldersMax)
      """, stall.cache, from, from.addingClamped(wait), stall.refresh
    ) {
      LockHolder(
        refresh: $0.integer("id"), task: $0.text("task"), heldNs: $0.integer("held_ns"),
        rounds: $0.integer("round_count"), issuers: [])
    }
  }

  static func hiddenMisses(
    _ database: TraceDatabase, _ filter: ReportFilter
  ) throws(TraceStoreError) -> HiddenMisses {
    let condition = filter.condition(
      ReportFilter.Columns(vm: "cache.vm_id", cache: "hidden_miss.cache_id", time: "event.ts_ns", tasks: ["task"]))
    let rows = try database.rows(
      """
      SELECT subject, count(*) AS count FROM hidden_miss JOIN cache ON cache.id = cache_id
      JOIN event ON event.id = event_id LEFT JOIN task ON task.id = event.task_id
      WHERE \(condition) GROUP BY subject
      """, filter.task
    ) { (row) throws(TraceStoreError) in
      (subject: try row.word("subject") as UndecidedOverlap.Subject, count: row.integer("count"))
    }
    func count(_ subject: UndecidedOverlap.Subject) -> Int64 {
      rows.first { $0.subject == subject }?.count ?? 0
    }
    return HiddenMisses(retryTests: count(.retryTest), checks: count(.check))
  }

  /// Why a filter leaves nothing because what it names is not there; nil: it is.
  package static func absence(_ filter: ReportFilter, in database: TraceDatabase) throws(TraceStoreError) -> String? {
    for (name, id) in [("vm", filter.vm), ("cache", filter.cache)] {
      guard let id, try database.number("SELECT 1 FROM \(name) WHERE id = ?1", id) == nil else { continue }
      let last = try database.number("SELECT max(id) FROM \(name)")
      let noun = name == "vm" ? "VM" : name
      return "no \(noun) \(id)" + (last.map { ": they are numbered 1 to \($0)" } ?? "")
    }
    if let task = filter.task {
      let known = "SELECT 1 FROM task WHERE ?1 IN (comm, CAST(pid AS TEXT), comm || '-' || pid)"
      if try database.number(known, task) == nil { return "no task \(task)" }
    }
    if let from = filter.fromNs, let to = filter.toNs, from > to { return "no moment from there to there" }
    let facts = try database.facts()
    if let last = facts.lastTsNs, let from = filter.fromNs, from > last { return "no event from there on" }
    if let first = facts.firstTsNs, let to = filter.toNs, to < first { return "no event up to there" }
    return nil
  }
}
