// A zstd stream that breaks off or is damaged: what could be read is imported and marked incomplete.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct TruncatedTests {
  private let folder: TemporaryFolder
  /// In small blocks, so that every cut leaves something to read.
  private let packed: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    packed = try zstd(CorpusTrace("quiet").text, flush: 4096)
  }

  private func count(_ sql: String, _ database: String) throws -> Int? {
    Int(try Invocation(["query", database, sql, "--csv"], in: folder).text.split(separator: "\r\n")[1])
  }

  @Test(arguments: [10, 30, 50, 80, 99, 100]) func isImportedAsFarAsItGoes(percent: Int) throws {
    let length = percent == 100 ? packed.count - 1 : packed.count * percent / 100
    _ = try folder.write("cut.txt.zst", packed[..<length])
    let run = try Invocation(["cut.txt.zst"], in: folder)
    #expect(run.status == 2)
    #expect(run.text.contains("\nverdict: incomplete"))
    #expect(try count("SELECT count(*) FROM event", "cut.db") ?? 0 > 0)
    #expect(try count("SELECT incomplete IS NOT NULL FROM trace", "cut.db") == 1)
    #expect(
      try count("SELECT count(*) FROM import_issue_count WHERE kind = 'truncated' AND severity = 'error'", "cut.db")
        == 1)

    let allowed = try Invocation(["cut.txt.zst", "--allow-truncated"], in: folder)
    #expect([0, 3].contains(allowed.status), "a trace that ends there")
    #expect(try count("SELECT incomplete IS NULL FROM trace", "cut.db") == 1)
    // And what was taken as whole is not taken for the answer to the stricter question.
    #expect(try Invocation(["cut.txt.zst"], in: folder).status == 2)
  }

  @Test func aDamagedByteIsTheEnd() throws {
    var bytes = packed
    bytes[packed.count / 2] ^= 0xff
    _ = try folder.write("cut.txt.zst", bytes)
    #expect(try Invocation(["import", "cut.txt.zst"], in: folder).status == 2)
  }

  @Test func nothingToReadLeavesNoDatabase() throws {
    _ = try folder.write("cut.txt.zst", packed[..<8])
    let run = try Invocation(["cut.txt.zst"], in: folder)
    #expect(run.status == 2 && !run.errorText.isEmpty)
    #expect(try folder.names == ["cut.txt.zst"])
  }
}
