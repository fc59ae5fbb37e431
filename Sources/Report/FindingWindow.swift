// The operations around a finding in time: what swim lanes show.

import KVMEvents
import Results
import TraceStore

/// The invalidations, the refresh with its rounds, and the check that a finding is about, from event to event.
package struct FindingWindow: Sendable {
  /// What lasts from one event to another.
  package enum Mark: String, Sendable {
    /// Entry of the start hook to its return.
    case startHook = "start_hook"
    /// Return of the start hook to the entry of the end hook: the page must not be used.
    case contractWindow = "contract_window"
    /// Entry of the end hook to its return.
    case endHook = "end_hook"
    /// Request to refresh: waiting for `refresh_lock`.
    case lockWait = "lock_wait"
    /// Entry of `__kvm_gpc_refresh()` to its return, under `refresh_lock`.
    case refresh
    /// `hva_to_pfn()`, entry to return.
    case lookup
    /// Entry of `kvm_gpc_check()` to its return.
    case check
  }

  package struct Span: Sendable {
    package let mark: Mark
    /// `comm-pid`.
    package let task: String
    /// Of the invalidation, the refresh or the check; of a lookup, its round's number.
    package let number: Int64
    package let fromEvent: Int64
    package let fromNs: Int64
    /// nil: its end is not recorded.
    package let toEvent: Int64?
    package let toNs: Int64?
    /// Of a lookup's round; nil: it was not repeated.
    package var cause: RetryRound.Cause?
  }

  /// What an event recorded of `gpc->valid`.
  package struct Validity: Sendable {
    package let event: Int64
    package let ns: Int64
    package let isValid: Bool
  }

  /// A gap on one CPU.
  package struct Loss: Sendable {
    package let cpu: Int64
    /// nil: from the beginning.
    package let fromNs: Int64?
    package let toNs: Int64
  }

  package private(set) var spans: [Span] = []
  /// Recorded values alone: in between, nothing is claimed.
  package private(set) var validities: [Validity] = []
  package private(set) var losses: [Loss] = []
  /// What is drawn: the proof's events, and a twentieth more on both sides.
  package let shownNs: ClosedRange<Int64>
  /// Rounds of the refresh; more than are in `spans` if there are very many.
  package private(set) var roundCount: Int64 = 0

  package static let roundsMax = 200
  package static let validitiesMax = 400
  package static let lossesMax = 50
  /// More are recorded than are in `validities`, in `losses`.
  package private(set) var hasMoreValidities = false
  package private(set) var hasMoreLosses = false

  /// nil: the finding cites no event.
  package init?(_ finding: FindingDetail, in database: TraceDatabase) throws(TraceStoreError) {
    let stamps = finding.proof.map(\.tsNs)
    guard let first = stamps.min(), let last = stamps.max() else { return nil }
    let margin = max(1, last.subtractingClamped(first) / 20)
    shownNs = first.subtractingClamped(margin)...last.addingClamped(margin)
    let others = finding.excess?.invalidations?.map(\.invalidation) ?? []
    for id in [finding.invalidation].compactMap(\.self) + others.filter({ $0 != finding.invalidation }) {
      try addInvalidation(id, in: database)
    }
    if let refresh = finding.refresh { try addRefresh(refresh, in: database) }
    if let check = finding.check { try addCheck(check, in: database) }
    if let cache = finding.cache { try addValidities(of: cache, finding, in: database) }
    let lossRows = try database.rows(
      """
      SELECT loss.cpu AS cpu, before.ts_ns AS from_ns, marker.ts_ns AS to_ns
      FROM loss JOIN event AS marker ON marker.id = line LEFT JOIN event AS before ON before.id = after_event_id
      WHERE marker.ts_ns >= ?1 AND coalesce(before.ts_ns, marker.ts_ns) <= ?2 ORDER BY loss.id LIMIT \(Self.lossesMax + 1)
      """, shownNs.lowerBound, shownNs.upperBound
    ) { Loss(cpu: $0.integer("cpu"), fromNs: $0.optionalInteger("from_ns"), toNs: $0.integer("to_ns")) }
    losses = Array(lossRows.prefix(Self.lossesMax))
    hasMoreLosses = lossRows.count > Self.lossesMax
  }

  // MARK: SELECTs

  /// A span between two event ids of a row; none if its beginning is not recorded.
  private mutating func add(
    _ mark: Mark, _ task: String, _ number: Int64, from: Int64?, to: Int64?, cause: RetryRound.Cause? = nil,
    in database: TraceDatabase
  ) throws(TraceStoreError) {
    guard let from, let fromNs = try Self.stamp(from, in: database) else { return }
    let toNs = try to.flatMap { to throws(TraceStoreError) in try Self.stamp(to, in: database) }
    spans.append(
      Span(
        mark: mark, task: task, number: number, fromEvent: from, fromNs: fromNs, toEvent: to, toNs: toNs, cause: cause))
  }

  private static func stamp(_ event: Int64, in database: TraceDatabase) throws(TraceStoreError) -> Int64? {
    try database.number("SELECT ts_ns FROM event WHERE id = ?1", event)
  }

  private mutating func addInvalidation(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let row = try database.statement(
      """
      SELECT comm || '-' || pid AS task, start_event_id, start_ret_event_id, end_event_id, end_ret_event_id
      FROM invalidation JOIN task ON task.id = task_id WHERE invalidation.id = ?1
      """, id)
    guard try row.step() else { return }
    let task = row.text("task")
    let (start, startRet) = (row.optionalInteger("start_event_id"), row.optionalInteger("start_ret_event_id"))
    let (end, endRet) = (row.optionalInteger("end_event_id"), row.optionalInteger("end_ret_event_id"))
    try add(.startHook, task, id, from: start, to: startRet, in: database)
    try add(.contractWindow, task, id, from: startRet, to: end, in: database)
    try add(.endHook, task, id, from: end, to: endRet, in: database)
  }

  private mutating func addRefresh(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let row = try database.statement(
      """
      SELECT comm || '-' || pid AS task, request_event_id, entry_event_id, return_event_id, round_count
      FROM refresh JOIN task ON task.id = task_id WHERE refresh.id = ?1
      """, id)
    guard try row.step() else { return }
    let task = row.text("task")
    let (request, entry) = (row.optionalInteger("request_event_id"), row.optionalInteger("entry_event_id"))
    roundCount = row.integer("round_count")
    if request != entry { try add(.lockWait, task, id, from: request, to: entry, in: database) }
    try add(.refresh, task, id, from: entry, to: row.optionalInteger("return_event_id"), in: database)
    let rounds = try database.statement(
      """
      SELECT number, lookup_event_id, lookup_ret_event_id, cause FROM retry_round
      WHERE refresh_id = ?1 ORDER BY number LIMIT \(Self.roundsMax)
      """, id)
    while try rounds.step() {
      try add(
        .lookup, task, rounds.integer("number"), from: rounds.optionalInteger("lookup_event_id"),
        to: rounds.optionalInteger("lookup_ret_event_id"), cause: try rounds.optionalWord("cause"), in: database)
    }
  }

  private mutating func addCheck(_ id: Int64, in database: TraceDatabase) throws(TraceStoreError) {
    let row = try database.statement(
      """
      SELECT comm || '-' || pid AS task, entry_event_id, return_event_id
      FROM cache_check JOIN task ON task.id = task_id WHERE cache_check.id = ?1
      """, id)
    guard try row.step() else { return }
    try add(
      .check, row.text("task"), id, from: row.integer("entry_event_id"), to: row.optionalInteger("return_event_id"),
      in: database)
  }

  /// Not of a probe whose `valid` is implausible.
  private mutating func addValidities(
    of cache: Int64, _ finding: FindingDetail, in database: TraceDatabase
  ) throws(TraceStoreError) {
    let lines = finding.proof.map(\.line)
    guard let first = lines.min(), let last = lines.max() else { return }
    let rows = try database.rows(
      """
      SELECT event.id AS id, ts_ns, valid FROM event JOIN cache ON cache.id = ?1 AND cache.gpc = event.gpc
      WHERE event.id BETWEEN max(?2, cache.first_event_id) AND min(?3, cache.last_event_id) AND valid IN (0, 1)
        AND NOT EXISTS (SELECT 1 FROM implausible_field
          WHERE implausible_field.kind_id = event.kind_id AND implausible_field.field = 'valid')
      ORDER BY event.id LIMIT \(Self.validitiesMax + 1)
      """, cache, first, last
    ) { Validity(event: $0.integer("id"), ns: $0.integer("ts_ns"), isValid: $0.flag("valid")) }
    validities = Array(rows.prefix(Self.validitiesMax))
    hasMoreValidities = rows.count > Self.validitiesMax
  }
}
