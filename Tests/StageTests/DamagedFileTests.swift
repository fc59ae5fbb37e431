// Files in which bits, pages or the end are not as gpc-replay wrote them: refused, or used to the same result.

import Foundation
import RealBinary
import Stages
import Testing
import TraceReaders
import TraceStore

@Suite struct DamagedFileTests {
  private static let pageSize = 16384
  private let folder: TemporaryFolder
  /// As imported, and after a comparison and another replay.
  private let older: [UInt8]
  private let whole: [UInt8]

  /// What is made of a database.
  private struct Outcome: Equatable {
    let report: String
    let comparison: String
    let again: String
  }

  /// How many drawn bits; more by hand: GPC_REPLAY_MUTATIONS=10000.
  private static let drawnCount =
    ProcessInfo.processInfo.environment["GPC_REPLAY_MUTATIONS"].flatMap { Int($0) } ?? 100

  init() throws {
    folder = try TemporaryFolder()
    let path = folder.file("whole.db").path
    let reader = try TraceReader(
      .file(path: CorpusTrace("two-refreshers-lossy").trace.path), options: TraceReadOptions())
    let database = try Stages.imported(reader, at: .file(path))
    older = Array(try Data(contentsOf: folder.file("whole.db")))
    _ = try Stages.compare(database)
    try Stages.replay(database)
    whole = Array(try Data(contentsOf: folder.file("whole.db")))
  }

  /// nil: it is refused.
  private func outcome(_ bytes: [UInt8]) throws -> Outcome? {
    let file = folder.file("copy.db")
    try Data(bytes).write(to: file)
    do {
      let database = try TraceDatabase(at: file.path)
      let report = try Stages.report(database)
      let comparison = try Stages.compare(database)
      try Stages.replay(database)
      let again = try Stages.report(database)
      return Outcome(report: report.text + report.json, comparison: comparison.text, again: again.text + again.json)
    } catch let error as TraceStoreError {
      #expect(!error.sentence.isEmpty)
      // What a refused write has begun.
      try? FileManager.default.removeItem(atPath: file.path + "-journal")
      return nil
    }
  }

  private var pages: Range<Int> { 0..<whole.count / Self.pageSize }

  private func page(_ number: Int) -> Range<Int> { number * Self.pageSize..<(number + 1) * Self.pageSize }

  @Test func oneBitAnywhere() throws {
    let expected = try #require(try outcome(whole))
    var state: UInt64 = 0x2545_f491_4f6c_dd1d
    var refused = 0
    for _ in 0..<Self.drawnCount {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let bit = Int(state >> 20) % (whole.count * 8)
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      switch try outcome(bytes) {
      case nil: refused += 1
      case let outcome: #expect(outcome == expected, "bit \(bit)")
      }
    }
    #expect(refused > Self.drawnCount / 2)
  }

  /// The checksum of a page of zeros is 0 and 0, and that of a page from elsewhere is right: the seal does not fit.
  @Test func aPageThatIsZeroOrAnother() throws {
    for number in pages {
      var zeroed = whole
      zeroed.replaceSubrange(page(number), with: repeatElement(0, count: Self.pageSize))
      #expect(try zeroed == whole || outcome(zeroed) == nil, "page \(number + 1) of zeros")
      let other = (number + 1) % pages.count
      var swapped = whole
      swapped.replaceSubrange(page(number), with: whole[page(other)])
      swapped.replaceSubrange(page(other), with: whole[page(number)])
      // Two tables without rows have the same page.
      #expect(
        try swapped == whole || outcome(swapped) == nil, "pages \(number + 1) and \(other + 1) in each other's place")
    }
  }

  /// What a disk has that lost one of several writes.
  @Test func aPageOfAnOlderState() throws {
    var count = 0
    for number in pages where page(number).upperBound <= older.count && older[page(number)] != whole[page(number)] {
      count += 1
      var bytes = whole
      bytes.replaceSubrange(page(number), with: older[page(number)])
      #expect(try outcome(bytes) == nil, "page \(number + 1) as it was")
    }
    #expect(count > 3)
    // All of them are an older database, which is whole.
    #expect(try outcome(older) != nil)
  }

  @Test func aFileThatEnds() throws {
    let ends = stride(from: 0, to: whole.count, by: 50_021) + pages.map { $0 * Self.pageSize }
    for length in ends {
      #expect(try outcome(Array(whole[..<length])) == nil, "\(length) bytes")
    }
  }

  /// https://sqlite.org/cksumvfs.html: the last eight bytes of each page, two sums of 32 bits. Of the words 1, 2, 3, 4:
  /// 1; 2 + 1 = 3; 1 + 3 + 3 = 7; 3 + 4 + 7 = 14.
  @Test func eachPageEndsWithItsChecksum() throws {
    #expect(Resealed.checksum([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]) == [7, 0, 0, 0, 14, 0, 0, 0])
    #expect(whole[20] == 8)
    for bytes in [older, whole] {
      for start in stride(from: 0, to: bytes.count, by: Self.pageSize) {
        let page = bytes[start..<start + Self.pageSize]
        #expect(Array(page.suffix(8)) == Resealed.checksum(page.dropLast(8)), "page \(start / Self.pageSize + 1)")
      }
    }
  }

  /// Tables, views and indices are ours, word for word, or the file is refused before one of them is used.
  @Test(arguments: [
    "DROP VIEW stall; CREATE VIEW stall AS WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n FROM t",
    "CREATE TRIGGER t AFTER UPDATE ON replay BEGIN DELETE FROM event; END", "DROP INDEX refresh_cache",
    "CREATE INDEX mine ON event (gpc)", "CREATE VIEW \"\u{1b}[2J\" AS SELECT 1", "ANALYZE",
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = sql || ' ' WHERE name = 'vm'",
    "DROP TABLE page_seal",
  ]) func aSchemaOfAnother(sql: String) throws {
    let file = folder.file("copy.db")
    try Data(whole).write(to: file)
    try HostileEdits.run(sql, on: file.path)
    let refusal = #expect(throws: TraceStoreError.self) { _ = try TraceDatabase(at: file.path) }
    guard case .changed(_, let what) = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(what == "its tables and views are not those of this version of gpc-replay" || sql.hasSuffix("page_seal"))
  }

  /// Each result is of the recording in the database and of the version that imported it.
  @Test(arguments: [
    "DELETE FROM trace", "UPDATE replay SET tool_version = '0.0'", "DELETE FROM replay",
    "DELETE FROM form_cost WHERE form = 'recorded'",
    "INSERT INTO counterexample VALUES (1, 1, 1, 'stale', '', '')",
  ]) func factsThatDisagree(sql: String) throws {
    let file = folder.file("copy.db")
    try Data(whole).write(to: file)
    _ = try Stages.compare(TraceDatabase(at: file.path))
    try HostileEdits.run(sql, on: file.path)
    let refusal = #expect(throws: TraceStoreError.self) { _ = try TraceDatabase(at: file.path) }
    guard case .disagreeing = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
  }
}
