// A recording made by hand, small enough to compute every figure on paper.

import KVMEvents
import Results
import TraceStore

/// One VM with one cache at uhva 0x7f0000010000, two tasks, and a retry loop under an unrelated and a related
/// invalidation.
///
///     line  task 1 (pid 11)                   task 2 (pid 12)
///       1                                     start hook, [0x7f0000020000, 0x7f0000021000): unrelated
///       2                                     its return
///       3   __gpc_refresh
///       4   round 1, top
///       5   lookup
///       6   its return
///       7   test: retried (false, count)
///       8                                     end hook
///       9                                     its return
///      10                                     start hook, [0x7f0000010000, 0x7f0000011000): the cache's page
///      11                                     its return
///      12   round 2, top
///      13   lookup
///      14   its return
///      15   test: retried (necessary)
///      16   gpc_check
///      17   its return: 1 (a finding: contract)
///      18                                     end hook
///      19                                     its return
///      20   (lost events on cpu 0)
///      21   round 3, top … 24 test: accepted
///      25   __gpc_refresh_ret
enum Example {
  static let cachePage: UInt64 = 0x7f00_0001_0000
  static let kvm: UInt64 = 0xffff_8881_0000_0000
  static let gpc: UInt64 = 0xffff_8881_0000_a668

  private static let kinds: [EventKind] = [
    .mnInvalidateRangeStart, .mnInvalidateRangeStartRet, .lockedRefresh, .gpcRetryLoop, .hvaToPfn, .hvaToPfnRet,
    .gpcRetryCheck, .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet, .mnInvalidateRangeStart,
    .mnInvalidateRangeStartRet, .gpcRetryLoop, .hvaToPfn, .hvaToPfnRet, .gpcRetryCheck, .gpcCheck, .gpcCheckRet,
    .mnInvalidateRangeEnd, .mnInvalidateRangeEndRet, .lostEvents, .gpcRetryLoop, .hvaToPfn, .hvaToPfnRet,
    .gpcRetryCheck, .lockedRefreshRet,
  ]

  /// Line n stands at n microseconds.
  static let events: [RecordedEvent] = kinds.enumerated().map { index, kind in
    var event = RecordedEvent()
    event.id = EventID(index + 1)
    event.time = TraceTimestamp(rawValue: 5_000_000_000 + Int64(index + 1) * 1000)
    event.kind = kind
    guard kind != .lostEvents else {
      event.set(.len, 7)
      return event
    }
    let hooks = EventKind.mnInvalidateRangeStart.rawValue...EventKind.mnInvalidateRangeEndRet.rawValue
    let isNotifier = hooks.contains(kind.rawValue)
    event.task = isNotifier ? 1 : 0
    event.pid = isNotifier ? 12 : 11
    event.cpu = isNotifier ? 1 : 0
    event.name = EventNameID(names.firstIndex { $0.kind == kind } ?? 0)
    if kind == .gpcCheck || kind == .gpcRetryLoop {
      event.set(.gpc, gpc)
      event.set(.kvm, kvm)
      event.set(.uhva, cachePage)
    }
    return event
  }

  static let names: [EventName] = Set(kinds.map(\.rawValue)).sorted().compactMap { raw in
    guard let kind = EventKind(rawValue: raw), kind != .lostEvents else { return nil }
    return EventName(name: "n\(raw)", kind: kind, count: Int64(kinds.count { $0 == kind }))
  }

  static let rows: [ReplayRow] = [
    .loss(EventLoss(cpu: 0, line: 20, afterEvent: 17, count: 7)),
    .invalidation(invalidation(1, page: 0x7f00_0002_0000, events: (1, 2, 8, 9))),
    .invalidation(invalidation(2, page: cachePage, events: (10, 11, 18, 19))),
    .retryRound(round(1, events: (4, 5, 6, 7), .retried, .false, .count, invalidation: 1, durationNs: 8000)),
    .retryRound(round(2, events: (12, 13, 14, 15), .retried, .necessary, nil, invalidation: 2, durationNs: 9000)),
    .cacheCheck(
      CacheCheck(id: 1, cache: 1, task: 0, entryEvent: 16, returnEvent: 17, answer: true, decision: .agrees)),
    .finding(
      Finding(
        id: 1, kind: .contract, certainty: .certain, vm: 1, cache: 1, event: 17, invalidation: 2, refresh: nil,
        check: 1, proof: [11, 16, 17, 18], summary: "a check said yes inside the contract window")),
    .retryRound(round(3, events: (21, 22, 23, 24), .accepted, nil, nil, invalidation: nil, durationNs: 3000)),
    .refresh(
      Refresh(
        id: 1, vm: 1, cache: 1, task: 0, origin: .refresh, outcome: .mapped, requestEvent: nil, entryEvent: 3,
        returnEvent: 25, ret: 0, roundCount: 3, necessaryCount: 1, falseCount: 1, undecidedCount: 0, stallNs: 17000,
        falseNs: 8000, lockWaitNs: 500, durationNs: 22000)),
    .virtualMachine(
      VirtualMachine(
        id: 1, kvm: KVMPointer(rawValue: kvm), mn: nil, mm: nil, firstEvent: 1, lastEvent: 25, createdInTrace: false,
        gone: false)),
    .cache(
      Cache(
        id: 1, vm: 1, gpc: GPCPointer(rawValue: gpc), epoch: 0, firstEvent: 3, lastEvent: 25, lastGPA: GPA.invalid,
        lastUHVA: UHVA(rawValue: cachePage))),
    .memslot(
      Memslot(
        vm: 1, slot: 0, gpa: GPA(rawValue: 0), size: 4096, uhva: UHVA(rawValue: cachePage), flags: 0, setEvent: 1,
        endEvent: nil)),
  ]

  static let settings = ReplaySettings(
    toolVersion: "1.2.3", form: "v6.9", formReason: .newest, deltaNs: 1000, retriesMax: 10, stallMaxNs: 10_000_000)

  static let tasks = [
    TraceTask(pid: 11, tgid: nil, comm: Array("evtchn".utf8)),
    TraceTask(pid: 12, tgid: 10, comm: [0x61, 0xff, 0x62]),
  ]

  private static var facts: RecordingFacts {
    var facts = RecordingFacts(
      format: "trace-cmd report", byteCount: 100, lineCount: 25, clock: .local, clockSource: .assumed, resolutionNs: 1)
    facts.fileName = "example.txt"
    facts.contentHash = "abc"
    facts.toolVersion = "1.2.3"
    facts.eventCount = 24
    facts.firstTsNs = 5_000_001_000
    facts.lastTsNs = 5_000_025_000
    return facts
  }

  static func summary(replay: ReplaySettings? = settings) -> ImportSummary {
    ImportSummary(
      trace: facts,
      tasks: tasks, names: names,
      issues: [ImportIssue(kind: .badLine, line: 26, reason: "no event", excerpt: "???")], issueCounts: [.badLine: 3],
      replay: replay)
  }

  /// The example's database, with further rows behind its own.
  static func database(
    at location: DatabaseLocation = .memory, amendments: [ReplayRow] = []
  ) throws -> TraceDatabase {
    let writer = try TraceWriter(at: location)
    try writer.write(events)
    try writer.write(rows)
    try writer.write(amendments)
    return try writer.finish(summary())
  }

  private static func invalidation(
    _ id: Int64, page: UInt64, events: (start: EventID, startRet: EventID, end: EventID, endRet: EventID)
  ) -> Invalidation {
    Invalidation(
      id: id, vm: 1, task: 1, range: HVARange(start: UHVA(rawValue: page), end: UHVA(rawValue: page + 4096)),
      mnEvent: 1, hitsMemslot: false, startEvent: events.start, walkEvent: nil, startRetEvent: events.startRet,
      endEvent: events.end, endRetEvent: events.endRet, selfLookupEvent: nil, close: .end,
      durationNs: (events.endRet - events.start) * 1000)
  }

  private static func round(
    _ number: Int32, events: (loop: EventID, lookup: EventID, lookupRet: EventID, test: EventID),
    _ outcome: RetryRound.Outcome, _ cause: RetryRound.Cause?, _ subCause: RetryRound.SubCause?, invalidation: Int64?,
    durationNs: Int64
  ) -> RetryRound {
    RetryRound(
      refresh: 1, number: number, loopEvent: events.loop, lookupEvent: events.lookup,
      lookupRetEvent: events.lookupRet, testEvent: events.test, uhva: UHVA(rawValue: cachePage), outcome: outcome,
      decision: .agrees, cause: cause, subCause: subCause, invalidation: invalidation, durationNs: durationNs)
  }
}
