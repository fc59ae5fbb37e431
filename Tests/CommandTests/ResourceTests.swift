// Memory stays bounded, and progress shows itself on terminals only.

import Foundation
import RealBinary
import Testing

@Suite struct ResourceTests {
  /// Half a million lines; what a run needs must not grow with them. RLIMIT_DATA counts all private memory that may be
  /// written.
  @Test(arguments: [(256 << 10, true), (4 << 10, false)]) func memoryIsBounded(limitKiB: Int, isEnough: Bool) throws {
    let folder = try TemporaryFolder()
    try LargeTrace.write("overlap", times: 40, to: folder.file("large.txt"))
    let run = try Invocation(shell: "ulimit -d \(limitKiB); exec gpc-replay large.txt", in: folder.url)
    #expect((run.status == 1) == isEnough, "\(run.errorText)")
  }

  /// More threads than a recording has, each in one line: what has no room is left out, and it is said.
  @Test func threadsAreBounded() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<600_000).map { "x-\($0 + 1) [0] \(100_000_000 + $0).000000: gpc_check_ret: (f) ret=1\n" }
    _ = try folder.write("threads.txt", lines.joined())
    let run = try Invocation(
      shell: "ulimit -d \(256 << 10); exec gpc-replay import threads.txt --db t.db", in: folder.url)
    #expect(run.status == 2, "\(run.errorText)")
    let query = try Invocation(["query", "t.db", "SELECT incomplete, event_count FROM trace", "--csv"], in: folder)
    // 2^19 of them, in the first lines.
    let reason = "it has more than 524,288 threads and names of threads; what comes before line 524289 was read"
    #expect(query.text == "incomplete,event_count\r\n\"\(reason)\",524288\r\n")
  }

  /// Standard input that comes slowly: the work takes more than a second, however fast the machine.
  private static let slowly = """
    { head -n 5000 text; sleep 1.3; tail -n +5001 text; } | gpc-replay import - --db out.db
    """

  @Test func progressIsForTerminals() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("text", CorpusTrace("overlap").text)
    #expect(try Invocation(shell: Self.slowly, in: folder.url).errorText == "")

    let (shown, status) = try onTerminal(Self.slowly, in: folder)
    #expect(status == 0)
    #expect(shown.contains(" events, ") && shown.contains(" events/s"), "\(shown)")
    #expect(shown.hasSuffix("\r\u{1b}[K"), "wiped at the end")
  }

  @Test func quickWorkShowsNone() throws {
    let folder = try TemporaryFolder()
    let (shown, status) = try onTerminal("gpc-replay \(CorpusTrace("quiet").trace.path)", in: folder)
    #expect(status == 0 && shown == "")
  }

  /// What a command prints on a standard error that is a terminal (made by `script`), and its status.
  private func onTerminal(_ command: String, in folder: TemporaryFolder) throws -> (shown: String, status: Int32) {
    _ = try folder.write("command", "exec >/dev/null\n\(command)\n")
    let run = try Invocation(shell: "script -qec 'bash command' /dev/null", in: folder.url)
    return (run.text, run.status)
  }
}
