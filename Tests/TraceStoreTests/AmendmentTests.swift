// What becomes unknown afterwards, and what must not.

import KVMEvents
import Results
import Testing
import TraceStore

@Suite struct AmendmentTests {
  private let verdicts = "SELECT number, decision, cause, sub_cause FROM retry_round ORDER BY number"

  /// Between two events: the VMs, the gap, and the rounds (by number), the check and the finding that fall. A round's
  /// evidence lies between what was before it (the refresh's entry 3, the tests 7 and 15) and what followed (the tops
  /// 12 and 21, the return 25).
  static let gaps: [(vms: [Int32], after: EventID, before: EventID, rounds: [Int], check: Bool)] = [
    ([1], 3, 8, [1, 2], false),
    ([1], 5, 6, [1], false),  // Wholly inside of round 1: its evidence goes on on both sides.
    ([1], 12, 14, [2], false),  // Both bounds are exclusive.
    ([1], 14, 17, [2, 3], true),
    ([1], 15, 19, [2, 3], true),
    ([1], 0, 26, [1, 2, 3], true),
    ([2], 0, 26, [], false),  // Another VM.
    ([2, 1], 20, 22, [2, 3], false),
  ]

  @Test(arguments: gaps) func taint(vms: [Int32], after: EventID, before: EventID, rounds: [Int], check: Bool) throws {
    let database = try Example.database(amendments: [.taint(vms: .these(vms), after: after, before: before)])
    let clean = ["1|agrees|false|count", "2|agrees|necessary|", "3|agrees||"]
    // Round 1 was repeated while invalidation 1, whose end is recorded, was in flight: rightly, whatever was dropped
    // beside it; but whether something that overlaps was dropped is not known.
    let tainted = ["1|agrees|unknown|", "2|unknown|unknown|", "3|unknown||"]
    #expect(try database.rows(verdicts) == (1...3).map { rounds.contains($0) ? tainted[$0 - 1] : clean[$0 - 1] })
    #expect(try database.rows("SELECT decision FROM cache_check") == [check ? "unknown" : "agrees"])
    // The finding cites 11, 16, 17 and 18.
    let cited = vms.contains(1) && [11, 16, 17, 18].contains { after < $0 && $0 < before }
    #expect(try database.rows("SELECT count(*) FROM finding") == [cited || check ? "0" : "1"])
    #expect(try database.rows("SELECT count(*) FROM finding_event") == [cited || check ? "0" : "4"])
    #expect(
      try database.rows("SELECT necessary_count, false_count, false_ns FROM refresh")
        == ["\(rounds.contains(2) ? 0 : 1)|\(rounds.contains(1) ? 0 : 1)|\(rounds.contains(1) ? 0 : 8000)"])
    #expect(try database.rows("PRAGMA foreign_key_check") == [])
  }

  @Test func rowsThatComeLaterAreFinal() throws {
    let writer = try TraceWriter(at: .memory)
    try writer.write(Example.events)
    try writer.write([.taint(vms: .these([1]), after: 0, before: 26)])
    try writer.write(Example.rows)
    let database = try writer.finish(Example.summary())
    #expect(try database.rows("SELECT count(*) FROM retry_round WHERE decision = 'unknown'") == ["0"])
    #expect(try database.rows("SELECT count(*) FROM finding") == ["1"])
  }

  @Test func openInvalidation() throws {
    let database = try Example.database(amendments: [.restsOnOpenInvalidation(2)])
    #expect(try database.rows(verdicts) == ["1|agrees|false|count", "2|unknown|unknown|", "3|agrees||"])
    #expect(try database.rows("SELECT count(*) FROM finding") == ["0"])
    #expect(try database.rows("SELECT necessary_count, false_count FROM refresh") == ["0|1"])
  }

  /// A refresh that is no longer over the thresholds, because a round's cause became unknown, is no longer excessive.
  @Test func excessFollowsTheRounds() throws {
    let excess = Finding(
      id: 2, kind: .excessiveRetry, certainty: .certain, vm: 1, cache: 1, event: 25, invalidation: nil, refresh: 1,
      check: nil, proof: [25], summary: "too many")
    let writer = try TraceWriter(at: .memory)
    try writer.write(Example.events)
    try writer.write(Example.rows + [.finding(excess), .taint(vms: .these([1]), after: 3, before: 8)])
    var summary = Example.summary()
    summary.replay?.retriesMax = 0
    let database = try writer.finish(summary)
    #expect(try database.rows("SELECT id FROM finding") == ["1"])
  }

  /// A divergence whose invalidation lies in a gap is withdrawn, and no row disagrees without its finding.
  @Test func noRowDisagreesWithoutItsFinding() throws {
    let rows = Example.rows.map { row in
      guard case .cacheCheck(let check) = row else { return row }
      return .cacheCheck(
        CacheCheck(
          id: check.id, cache: check.cache, task: check.task, entryEvent: check.entryEvent,
          returnEvent: check.returnEvent, answer: check.answer, decision: .disagrees))
    }
    let divergence = Finding(
      id: 2, kind: .divergence, certainty: .certain, vm: 1, cache: 1, event: 17, invalidation: 2, refresh: nil,
      check: 1,
      proof: [10, 11, 16, 17], summary: "says yes where the cache is not valid")
    for (before, decision) in [(10, "disagrees"), (11, "unknown")] as [(EventID, String)] {
      let writer = try TraceWriter(at: .memory)
      try writer.write(Example.events)
      try writer.write(rows + [.finding(divergence), .taint(vms: .these([1]), after: 9, before: before)])
      let database = try writer.finish(Example.summary())
      #expect(try database.rows("SELECT decision FROM cache_check") == [decision])
    }
  }

  /// Probes that are missing: only what rests on recorded events alone stands.
  @Test func lackingProbes() throws {
    let errorPFN = Finding(
      id: 2, kind: .stale, certainty: .certain, vm: 1, cache: 1, event: 24, invalidation: nil, refresh: 1, check: nil,
      proof: [21, 24], summary: "accepted over an error pfn")
    let stale = Finding(
      id: 3, kind: .stale, certainty: .certain, vm: 1, cache: 1, event: 24, invalidation: 2, refresh: 1, check: nil,
      proof: [21, 24], summary: "freed after its lookup")
    func database(_ kinds: EventKind...) throws -> TraceDatabase {
      try Example.database(amendments: [.finding(errorPFN), .finding(stale), .lacksProbes(kinds)])
    }
    let hooks = try database(.mnInvalidateRangeEndRet)
    #expect(try hooks.rows(verdicts) == ["1|unknown|unknown|", "2|unknown|unknown|", "3|unknown||"])
    #expect(try hooks.rows("SELECT id FROM finding ORDER BY id") == ["1", "2"])
    #expect(try hooks.rows("SELECT necessary_count, false_count, false_ns FROM refresh") == ["0|0|0"])
    #expect(try hooks.rows("SELECT decision FROM cache_check") == ["unknown"])
    // Without the body's return, and without the event of success, a further round may be another refresh's.
    let body = try database(.lockedRefreshRet, .gpcRefreshDone)
    #expect(
      try body.rows("SELECT outcome FROM retry_round ORDER BY number") == ["unfinished", "unfinished", "accepted"])
    #expect(try body.rows("PRAGMA foreign_key_check") == [])
  }
}
