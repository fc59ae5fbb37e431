// The exit statuses that scripts rely on.

import RealBinary
import Testing

@Suite struct ExitStatusTests {
  @Test(arguments: [("quiet", 0), ("stale-hva", 1), ("overlap-middle", 1), ("cut-off", 3), ("defnames2-overlap", 3)])
  func tellsTheVerdict(name: String, status: Int32) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation([CorpusTrace(name).trace.path], in: folder)
    #expect(run.status == status)
    #expect(run.text.contains("\nverdict: "))
  }

  /// 2 comes before 1: an input that is not whole and has findings.
  @Test func unreadableComesFirst() throws {
    let folder = try TemporaryFolder()
    let packed = try CorpusTrace("unrelated").packed
    let cut = try folder.write("cut.txt.zst", packed[..<(packed.count - 200)])
    let run = try Invocation([cut.path], in: folder)
    #expect(run.status == 2)
    #expect(run.text.contains("excessive retries"))
  }

  @Test(arguments: [
    ["--no-such-option"], [], ["import"], ["query", "x.db"], ["run", "a", "b"], ["a.txt", "--clock", "wall"],
    ["a.txt", "--stall-max", "10"], ["a.txt", "--retries-max", "-1"], ["query", "x.db", "SELECT 1", "--csv", "--json"],
    ["explain", "x.db"],
  ]) func usage(arguments: [String]) throws {
    let run = try Invocation(arguments, in: TemporaryFolder())
    #expect(run.status == 64)
    #expect(run.text == "" && run.errorText.uppercased().contains("USAGE:"))
  }
}
