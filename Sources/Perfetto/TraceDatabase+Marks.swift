// What a database has to show in time: rows in the order of their first events.

import KVMEvents
import Results
import TraceStore

/// A row that is shown from its first recorded event on.
protocol Mark {
  var first: EventID { get }
}

struct VMMark {
  let id: Int64
  let kvm: String?
  let lastEvent: EventID
}

struct CacheMark: Mark {
  let id: Int64
  let vm: Int64?
  let gpc: Int64
  let epoch: Int64
  let first: EventID
  let lastEvent: EventID
}

struct InvalidationMark: Mark {
  let id: Int64
  let vm: Int64
  let task: Int64
  let range: HVARange
  let mnEvent: Int64?
  let hitsMemslot: Bool?
  let startEvent, walkEvent, startRetEvent, endEvent, endRetEvent, selfLookupEvent: EventID?
  let close: Invalidation.Close
  let durationNs: Int64?

  var first: EventID { startEvent ?? later.min() ?? 0 }
  var last: EventID { later.max() ?? startEvent ?? 0 }
  private var later: [EventID] { [walkEvent, startRetEvent, endEvent, endRetEvent].compactMap(\.self) }

  /// Where the count is up for certain (docs/evidence.md, rule 2): at the walk, if that is nested in the start hook.
  var upEvent: EventID {
    let after = startRetEvent ?? endEvent ?? endRetEvent ?? .max
    if let walkEvent, walkEvent < after { return walkEvent }
    return startRetEvent ?? first
  }

  /// Where it is down for certain.
  var downEvent: EventID { endRetEvent ?? last }
}

struct RefreshMark: Mark {
  let id: Int64
  let cache: Int64
  let task: Int64
  let origin: String
  let outcome: Refresh.Outcome
  let entryEvent, returnEvent: EventID?
  let ret: Int64?
  let roundCount, necessaryCount, falseCount, undecidedCount, stallNs: Int64
  let lockWaitNs: Int64?

  /// Of one without its entry, the round that is met first.
  var first: EventID { entryEvent ?? returnEvent ?? 0 }
}

struct RoundMark: Mark {
  let id: Int64
  let refresh: Int64
  let number: Int64
  let loopEvent, lookupEvent, lookupRetEvent, testEvent: EventID?
  let uhva: Int64?
  let outcome: RetryRound.Outcome
  let decision: Decision?
  let cause: RetryRound.Cause?
  let subCause: RetryRound.SubCause?
  let invalidation: Int64?
  let durationNs: Int64?
  let doubt: String?

  var first: EventID { loopEvent ?? lookupEvent ?? lookupRetEvent ?? testEvent ?? 0 }
  var last: EventID { testEvent ?? lookupRetEvent ?? lookupEvent ?? loopEvent ?? 0 }
}

struct CheckMark: Mark {
  let id: Int64
  let cache: Int64
  let task: Int64
  let entryEvent: EventID
  let returnEvent: EventID?
  let answer: Bool?
  let decision: Decision?
  let doubt: String?

  var first: EventID { returnEvent ?? entryEvent }
}

struct FindingMark: Mark {
  let id: Int64
  let kind: String
  let certainty: String
  let summary: String
  let vm, cache, invalidation, refresh, check: Int64?
  let first: EventID
}

struct LossMark: Mark {
  let cpu: Int64
  let line: EventID
  let first: EventID
  let count: Int64?
}

/// Rows of one kind, taken one by one as their events come.
struct Marks<Row: Mark> {
  private let statement: Statement
  private let read: (Statement) throws(TraceStoreError) -> Row
  private var next: Row?

  init(
    _ statement: Statement, read: @escaping (Statement) throws(TraceStoreError) -> Row
  ) throws(TraceStoreError) {
    self.statement = statement
    self.read = read
    try advance()
  }

  private mutating func advance() throws(TraceStoreError) {
    next = try statement.step() ? try read(statement) : nil
  }

  /// The next row whose first event is this one, or has been before.
  @inline(__always)
  mutating func take(upTo event: EventID) throws(TraceStoreError) -> Row? {
    guard let row = next, row.first <= event else { return nil }
    try advance()
    return row
  }
}

extension TraceDatabase {
  func vmMarks() throws(TraceStoreError) -> [VMMark] {
    try rows("SELECT id, kvm_hex, last_event_id FROM vm_hex ORDER BY id") {
      VMMark(id: $0.integer("id"), kvm: $0.optionalText("kvm_hex"), lastEvent: $0.integer("last_event_id"))
    }
  }

  func cacheMarks() throws(TraceStoreError) -> Marks<CacheMark> {
    let sql = "SELECT id, vm_id, gpc, epoch, first_event_id, last_event_id FROM cache ORDER BY first_event_id, id"
    return try Marks(statement(sql)) { row in
      CacheMark(
        id: row.integer("id"), vm: row.optionalInteger("vm_id"), gpc: row.integer("gpc"), epoch: row.integer("epoch"),
        first: row.integer("first_event_id"), lastEvent: row.integer("last_event_id"))
    }
  }

  func invalidationMarks() throws(TraceStoreError) -> Marks<InvalidationMark> {
    // One whose start is not recorded begins with whichever of its other events comes first.
    let later = ["walk", "start_ret", "end", "end_ret"].map { "coalesce(\($0)_event_id, \(EventID.max))" }
    let sql = """
      SELECT * FROM invalidation ORDER BY coalesce(start_event_id, min(\(later.joined(separator: ", ")))), id
      """
    return try Marks(statement(sql)) { (row) throws(TraceStoreError) in
      InvalidationMark(
        id: row.integer("id"), vm: row.integer("vm_id"), task: row.integer("task_id"),
        range: HVARange(
          start: UHVA(rawValue: UInt64(bitPattern: row.integer("hva_start"))),
          end: UHVA(rawValue: UInt64(bitPattern: row.integer("hva_end")))),
        mnEvent: row.optionalInteger("mn_event"), hitsMemslot: row.optionalInteger("hits_memslot").map { $0 == 1 },
        startEvent: row.optionalInteger("start_event_id"), walkEvent: row.optionalInteger("walk_event_id"),
        startRetEvent: row.optionalInteger("start_ret_event_id"), endEvent: row.optionalInteger("end_event_id"),
        endRetEvent: row.optionalInteger("end_ret_event_id"),
        selfLookupEvent: row.optionalInteger("self_lookup_event_id"), close: try row.word("close"),
        durationNs: row.optionalInteger("duration_ns"))
    }
  }

  /// Those whose beginning is recorded, or of which nothing but the return is; `refreshMark` has the others.
  func refreshMarks() throws(TraceStoreError) -> Marks<RefreshMark> {
    let sql = """
      SELECT * FROM refresh WHERE entry_event_id IS NOT NULL OR round_count = 0
      ORDER BY coalesce(entry_event_id, return_event_id), id
      """
    return try Marks(statement(sql), read: RefreshMark.init)
  }

  /// nil: there is none.
  func refreshMark(_ id: Int64) throws(TraceStoreError) -> RefreshMark? {
    let row = try statement("SELECT * FROM refresh WHERE id = ?1", id)
    return try row.step() ? try RefreshMark(row) : nil
  }

  func roundMarks() throws(TraceStoreError) -> Marks<RoundMark> {
    let sql = """
      SELECT * FROM retry_round
      ORDER BY coalesce(loop_event_id, lookup_event_id, lookup_ret_event_id, test_event_id), id
      """
    return try Marks(statement(sql), read: RoundMark.init)
  }

  func checkMarks() throws(TraceStoreError) -> Marks<CheckMark> {
    let sql = "SELECT * FROM cache_check ORDER BY coalesce(return_event_id, entry_event_id), id"
    return try Marks(statement(sql)) { (row) throws(TraceStoreError) in
      CheckMark(
        id: row.integer("id"), cache: row.integer("cache_id"), task: row.integer("task_id"),
        entryEvent: row.integer("entry_event_id"), returnEvent: row.optionalInteger("return_event_id"),
        answer: row.optionalInteger("answer").map { $0 == 1 }, decision: try row.optionalWord("decision"),
        doubt: row.optionalText("doubt"))
    }
  }

  func findingMarks() throws(TraceStoreError) -> Marks<FindingMark> {
    let sql = """
      SELECT id, kind, certainty, summary, vm_id, cache_id, invalidation_id, refresh_id, check_id, event_id
      FROM finding ORDER BY event_id, id
      """
    return try Marks(statement(sql)) { row in
      FindingMark(
        id: row.integer("id"), kind: row.text("kind"), certainty: row.text("certainty"), summary: row.text("summary"),
        vm: row.optionalInteger("vm_id"), cache: row.optionalInteger("cache_id"),
        invalidation: row.optionalInteger("invalidation_id"), refresh: row.optionalInteger("refresh_id"),
        check: row.optionalInteger("check_id"), first: row.integer("event_id"))
    }
  }

  /// From the CPU's last event on; without one, from the recording's first.
  func lossMarks() throws(TraceStoreError) -> Marks<LossMark> {
    let sql = "SELECT cpu, line, coalesce(after_event_id, 0) AS first, event_count FROM loss ORDER BY first, id"
    return try Marks(statement(sql)) { row in
      LossMark(
        cpu: row.integer("cpu"), line: row.integer("line"), first: row.integer("first"),
        count: row.optionalInteger("event_count"))
    }
  }

  /// The refreshes that were open when the recording ended.
  func neverEndedRefreshes() throws(TraceStoreError) -> Set<Int64> {
    Set(try rows("SELECT refresh_id FROM never_ended WHERE refresh_id IS NOT NULL") { $0.integer("refresh_id") })
  }

  /// Why what is shown may lack something, beyond the losses that have a place: events may be missing anywhere.
  func mayLackEvents() throws(TraceStoreError) -> Bool {
    if try hasDoubt() { return true }
    if try hasLossAnywhere() { return true }
    return try number("SELECT count(*) FROM silent_omission") ?? 0 > 0
  }
}

extension RefreshMark {
  fileprivate init(_ row: Statement) throws(TraceStoreError) {
    self.init(
      id: row.integer("id"), cache: row.integer("cache_id"), task: row.integer("task_id"), origin: row.text("origin"),
      outcome: try row.word("outcome"), entryEvent: row.optionalInteger("entry_event_id"),
      returnEvent: row.optionalInteger("return_event_id"), ret: row.optionalInteger("ret"),
      roundCount: row.integer("round_count"), necessaryCount: row.integer("necessary_count"),
      falseCount: row.integer("false_count"), undecidedCount: row.integer("undecided_count"),
      stallNs: row.integer("stall_ns"), lockWaitNs: row.optionalInteger("lock_wait_ns"))
  }
}

extension RoundMark {
  fileprivate init(_ row: Statement) throws(TraceStoreError) {
    self.init(
      id: row.integer("id"), refresh: row.integer("refresh_id"), number: row.integer("number"),
      loopEvent: row.optionalInteger("loop_event_id"), lookupEvent: row.optionalInteger("lookup_event_id"),
      lookupRetEvent: row.optionalInteger("lookup_ret_event_id"), testEvent: row.optionalInteger("test_event_id"),
      uhva: row.optionalInteger("uhva"), outcome: try row.word("outcome"), decision: try row.optionalWord("decision"),
      cause: try row.optionalWord("cause"), subCause: try row.optionalWord("sub_cause"),
      invalidation: row.optionalInteger("invalidation_id"), durationNs: row.optionalInteger("duration_ns"),
      doubt: row.optionalText("doubt"))
  }
}
