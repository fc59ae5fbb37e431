// The SELECTs of one finding.

import KVMEvents
import Results
import TraceStore

extension FindingDetail {
  /// nil: the database has no such finding.
  package init?(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let refresh = try database.number("SELECT refresh_id FROM finding WHERE id = ?1 AND kind = 'excessive_retry'", id)
    let rounds = try refresh.map { refresh throws(TraceStoreError) in try database.roundTally(issuersOf: [refresh]) }
    try self.init(id, in: database, Issuers(rounds?.issuers ?? [:], in: database))
    if let refresh { excess?.invalidations = try Self.culprits(refresh, in: database) }
  }

  private static let culpritsMax = 5

  private static func culprits(_ refresh: Int64, in database: TraceDatabase) throws(TraceStoreError) -> [Culprit] {
    try database.rows(
      """
      SELECT invalidation.id AS id, comm || '-' || pid AS task, hva_start_hex, hva_end_hex, cause, count(*) AS rounds
      FROM retry_round JOIN invalidation_hex AS invalidation ON invalidation.id = invalidation_id LEFT JOIN task ON task.id = task_id
      WHERE refresh_id = ?1 AND cause IS NOT NULL
      GROUP BY invalidation.id, cause ORDER BY rounds DESC, invalidation.id LIMIT \(culpritsMax)
      """, refresh
    ) { (row) throws(TraceStoreError) in
      Culprit(
        invalidation: row.integer("id"), task: row.optionalText("task"), start: row.text("hva_start_hex"),
        end: row.text("hva_end_hex"),
        cause: try row.word("cause"), rounds: row.integer("rounds"))
    }
  }

  /// - Parameter issuers: of its refresh, if it is an excessive retry.
  init?(_ id: Int64, in database: TraceDatabase, _ issuers: Issuers) throws(TraceStoreError) {
    let row = try database.statement(
      """
      SELECT finding.id AS id, finding.kind AS kind, certainty, summary, finding.vm_id AS vm_id,
        kvm_hex, finding.cache_id AS cache_id, gpc_hex, invalidation_id, refresh_id, check_id, event_id, ts_ns, cpu, comm || '-' || pid AS task,
        witness, no_witness, witness_event_id, witness_ret_event_id, after_removal_count, same_pfn_count
      FROM finding LEFT JOIN vm_hex ON vm_hex.id = finding.vm_id LEFT JOIN cache_hex ON cache_hex.id = finding.cache_id
      LEFT JOIN event ON event.id = event_id LEFT JOIN task ON task.id = event.task_id LEFT JOIN witness_weight
      WHERE finding.id = ?1
      """, id)
    guard try row.step() else { return nil }
    self.init(
      id: row.integer("id"), kind: try row.word("kind"), certainty: try row.word("certainty"),
      summary: row.text("summary"), vm: row.optionalInteger("vm_id"), kvm: row.optionalText("kvm_hex"),
      cache: row.optionalInteger("cache_id"), gpc: row.optionalText("gpc_hex"),
      invalidation: row.optionalInteger("invalidation_id"), refresh: row.optionalInteger("refresh_id"),
      check: row.optionalInteger("check_id"), event: row.integer("event_id"), tsNs: row.optionalInteger("ts_ns"),
      cpu: row.optionalInteger("cpu"), task: row.optionalText("task"),
      cause: try Self.cause(row.optionalInteger("invalidation_id"), in: database),
      excess: row.text("kind") == Finding.Kind.excessiveRetry.rawValue
        ? try Self.excess(row.optionalInteger("refresh_id"), in: database, issuers) : nil,
      witness: try Self.witness(row), proof: try Self.proof(of: id, in: database))
  }

  private static func cause(_ id: Int64?, in database: TraceDatabase) throws(TraceStoreError) -> Cause? {
    guard let id else { return nil }
    let row = try database.statement(
      """
      SELECT hva_start_hex, hva_end_hex, mn_event, hits_memslot, duration_ns,
        start_event_id, comm || '-' || pid AS task
      FROM invalidation_hex LEFT JOIN task ON task.id = task_id WHERE invalidation_hex.id = ?1
      """, id)
    guard try row.step() else { return nil }
    return Cause(
      invalidation: id, task: row.optionalText("task"), start: row.text("hva_start_hex"), end: row.text("hva_end_hex"),
      mnEvent: row.optionalInteger("mn_event"), hitsMemslot: row.optionalInteger("hits_memslot").map { $0 == 1 },
      startEvent: row.optionalInteger("start_event_id"), durationNs: row.optionalInteger("duration_ns"))
  }

  private static func excess(
    _ refresh: Int64?, in database: TraceDatabase, _ issuers: Issuers
  ) throws(TraceStoreError) -> Excess? {
    guard let refresh else { return nil }
    let row = try database.statement(
      """
      SELECT round_count, false_count, necessary_count, false_ns, stall_ns,
        coalesce(false_count > retries_max, 0) AS is_by_rounds, coalesce(false_ns > replay.stall_max_ns, 0) AS is_by_time
      FROM refresh LEFT JOIN replay WHERE refresh.id = ?1
      """, refresh)
    guard try row.step() else { return nil }
    return Excess(
      rounds: row.integer("round_count"), falseRounds: row.integer("false_count"),
      necessaryRounds: row.integer("necessary_count"), falseNs: row.integer("false_ns"),
      stallNs: row.integer("stall_ns"), isByRounds: row.flag("is_by_rounds"), isByTime: row.flag("is_by_time"),
      issuers: issuers[refresh])
  }

  private static func witness(_ row: Statement) throws(TraceStoreError) -> Witness? {
    if row.isNull("witness") { return nil }
    return Witness(
      answer: try row.word("witness"), lack: try row.optionalWord("no_witness"),
      lookup: row.optionalInteger("witness_event_id"), lookupRet: row.optionalInteger("witness_ret_event_id"),
      afterRemoval: row.integer("after_removal_count"), samePfn: row.integer("same_pfn_count"))
  }

  private static func proof(of id: Int64, in database: TraceDatabase) throws(TraceStoreError) -> [ProofEvent] {
    let row = try database.statement(
      """
      SELECT event.id AS id, event.ts_ns AS ts_ns, event.cpu AS cpu,
        event_text.comm || '-' || event_text.pid AS task, event_text.name AS name, event.kind_id AS kind_id,
        event_text.fields AS fields
      FROM finding_event JOIN event ON event.id = finding_event.event_id JOIN event_text ON event_text.id = event.id
      WHERE finding_event.finding_id = ?1 ORDER BY position
      """, id)
    var proof: [ProofEvent] = []
    /// By task: the hook that it entered last.
    var hooks: [String: EventKind] = [:]
    while try row.step() {
      let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: row.integer("kind_id"))) ?? .bystander
      let task = row.text("task")
      if kind == .mnInvalidateRangeStart || kind == .mnInvalidateRangeEnd { hooks[task] = kind }
      proof.append(
        ProofEvent(
          line: row.integer("id"), tsNs: row.integer("ts_ns"), cpu: row.integer("cpu"), task: task,
          name: row.text("name"),
          place: kind.place(walksInEndHook: hooks[task] == .mnInvalidateRangeEnd), fields: row.text("fields")))
    }
    return proof
  }
}
