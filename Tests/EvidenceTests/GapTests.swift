// Recordings of a healthy kernel across a gap, or an update of memslots: nothing is found, and no row disagrees.

import Foundation
import RealBinary
import Testing

@Suite("Across gaps")
struct GapTests {
  static let names = [
    "check-before-gap", "check-under-memslot-update", "conformance-disagrees-across-gap", "hidden-walk-across-gap",
    "self-across-gap", "view-pairs-across-gap", "walk-across-gap",
  ]

  /// Replayed by the binary; the rows that a query then gives, as lines of CSV without its head.
  private func rows(_ name: String, _ sql: String) throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Gaps/\(name).txt")
    let folder = try TemporaryFolder()
    let run = try Invocation([file.path, "--db", "gap.db", "--clock", "mono"], in: folder)
    #expect(run.status == 0 || run.status == 3)
    let query = try Invocation(["query", "gap.db", sql, "--csv"], in: folder)
    #expect(query.status == 0)
    return String(decoding: query.output, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map {
      String($0)
    }
  }

  @Test("Nothing is found, and no row disagrees", arguments: names) func saysNothingFalse(_ name: String) throws {
    let sql = """
      SELECT (SELECT count(*) FROM finding WHERE kind <> 'excessive_retry'),
        (SELECT count(*) FROM retry_round WHERE decision = 'disagrees'),
        (SELECT count(*) FROM cache_check WHERE decision = 'disagrees'),
        (SELECT count(*) FROM valid_during_invalidation WHERE is_in_contract_window = 1)
      """
    #expect(try rows(name, sql) == ["0,0,0,0"])
  }

  @Test("A memslot update leaves the generation test open") func memslotUpdate() throws {
    let sql = "SELECT count(*) > 0 FROM cache_check WHERE decision = 'open' AND answer = 0"
    #expect(try rows("check-under-memslot-update", sql) == ["1"])
  }

  @Test("What a gap may hide leaves no sub-cause") func selfAcrossGap() throws {
    let sql = "SELECT count(*) FROM retry_round WHERE sub_cause = 'self' AND test_event_id >= 37"
    #expect(try rows("self-across-gap", sql) == ["0"])
  }

  /// A CPU is left out without a marker: a thread enters its start hook twice and does not leave it. No form is refuted
  /// by what such a recording does not have.
  @Test("A start hook in a start hook is an omission") func startWithoutReturn() throws {
    let sql = """
      SELECT (SELECT group_concat(sign) FROM silent_omission),
        (SELECT refuted_count FROM form_agreement WHERE form = 'v6.9'),
        (SELECT refuted_count FROM form_agreement WHERE form = 'v7.3')
      """
    #expect(try rows("start-without-return", sql) == ["unpaired,0,0"])
  }

  /// Without `gpc_retry_check` the count and the sequence at the retry test are not known. v7.3 does not test
  /// `mmu_invalidate_seq`, so an unrecorded change of it does not explain the round.
  @Test("A round that is repeated without a recorded reason refutes no form")
  func roundWithoutReason() throws {
    let sql = """
      SELECT (SELECT refuted_count FROM form_agreement WHERE form = 'v7.3'),
        (SELECT group_concat(decision || ' ' || coalesce(cause, '-'), '; ') FROM retry_round)
      """
    #expect(try rows("round-without-reason", sql) == ["0,unknown unknown; agrees -"])
  }

  @Test("A refresh that returns while its lookup has not is an omission")
  func lookupWithoutReturn() throws {
    #expect(
      try rows("lookup-without-return", "SELECT sign, event_count, first_event_id FROM silent_omission")
        == ["unpaired,1,13"])
  }
}
