// What becomes unknown afterwards, and what must not.

import KVMEvents
import Testing
import TraceStore

@Suite struct AmendmentTests {
  private let verdicts = "SELECT number, decision, cause, sub_cause FROM retry_round ORDER BY number"

  /// Between two events: the VMs, the gap, and the rounds (by number), the check and the finding that fall.
  static let gaps: [(vms: [Int32], after: EventID, before: EventID, rounds: [Int], check: Bool)] = [
    ([1], 3, 8, [1], false),
    ([1], 5, 6, [1], false),  // Wholly inside of round 1: its evidence goes on on both sides.
    ([1], 7, 12, [], false),  // Both bounds are exclusive.
    ([1], 14, 17, [2], true),
    ([1], 15, 19, [], true),
    ([1], 0, 26, [1, 2, 3], true),
    ([2], 0, 26, [], false),  // Another VM.
    ([2, 1], 20, 22, [3], false),
  ]

  @Test(arguments: gaps) func taint(vms: [Int32], after: EventID, before: EventID, rounds: [Int], check: Bool) throws {
    let database = try Example.database(amendments: [.taint(vms: vms, after: after, before: before)])
    let clean = ["1|agrees|false|count", "2|agrees|necessary|", "3|agrees||"]
    // Round 1 was repeated while invalidation 1, whose end is recorded, was in flight: rightly, whatever was dropped beside it; but
    // whether something that overlaps was dropped is not known.
    let tainted = ["1|agrees|unknown|", "2|unknown|unknown|", "3|unknown||"]
    #expect(try database.rows(verdicts) == (1...3).map { rounds.contains($0) ? tainted[$0 - 1] : clean[$0 - 1] })
    #expect(try database.rows("SELECT decision FROM cache_check") == [check ? "unknown" : "disagrees"])
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
    try writer.write([.taint(vms: [1], after: 0, before: 26)])
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
    try writer.write(Example.rows + [.finding(excess), .taint(vms: [1], after: 3, before: 8)])
    var summary = Example.summary()
    summary.replay?.retriesMax = 0
    let database = try writer.finish(summary)
    #expect(try database.rows("SELECT id FROM finding") == ["1"])
  }
}
