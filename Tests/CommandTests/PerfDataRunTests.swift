// A perf.data through the binary: the same findings and counts as its text, from files and from standard input.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct PerfDataRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The importer's fixtures; their README says what each is made of.
  private static let fixtures = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures")
  private static let whole = fixtures.appending(path: "perf-cut.data")

  private func query(_ sql: String, _ database: String) throws -> String {
    let run = try Invocation(["query", database, sql, "--csv"], in: folder)
    #expect(run.status == 0, "\(run.errorText)")
    return run.text
  }

  /// `perf script` printed the text of the perf.data that both were cut from; a record's number is that of its line.
  @Test(arguments: ["perf-cut.data", "perf-cut-zstd.data.zst", "perf-cut-pipe.data.zst"])
  func givesWhatItsTextGives(name: String) throws {
    let text = Self.fixtures.appending(path: "perf-script-ns-pidtid-cut.txt.zst").path
    _ = try Invocation([Self.fixtures.appending(path: name).path, "--db", "binary.db"], in: folder)
    _ = try Invocation([text, "--db", "text.db", "--clock", "perf"], in: folder)
    for table in [
      "event", "task", "event_count", "refresh", "retry_round", "invalidation", "cache_check", "loss", "finding",
    ] {
      let sql = "SELECT * FROM \(table)"
      #expect(try query(sql, "binary.db") == query(sql, "text.db"), "\(table)")
    }
    #expect(try query("SELECT count(*) AS n FROM event", "binary.db") == "n\r\n600\r\n")
  }

  /// A text may keep losses to itself; here nothing does.
  @Test func losesNothingSilently() throws {
    let report = try CorpusTrace("quiet").text
    _ = try folder.write("perf.data", Rendering.perfData.of(report))
    let run = try Invocation(["perf.data"], in: folder)
    #expect(run.status == 0, "\(run.text)")
    #expect(run.text.contains("\nverdict: clean"), "\(run.text)")
    #expect(run.text.contains(/\nperf\.data: 761 events in [0-9.]+ s, perf\.data, 761 records\n/))
  }

  @Test func theClockIsRecorded() throws {
    let run = try Invocation([Self.whole.path, "--db", "t.db", "--clock", "mono"], in: folder)
    #expect(run.text.contains("clock perf (recorded)"))
    #expect(run.errorText.contains("--clock mono is not used: "))
    #expect(try query("SELECT event_place AS p FROM trace", "t.db") == "p\r\nrecord\r\n")
  }

  @Test(arguments: ["gpc-replay - <", "cat <", "zstd -c <", "gzip -c <"])
  func comesThroughStandardInput(command: String) throws {
    let pipe = command.hasPrefix("gpc-replay") ? "" : " | gpc-replay -"
    let run = try Invocation(shell: "\(command) \(Self.whole.path)\(pipe) --db in.db", in: folder.url)
    #expect(run.status != 2, "\(run.errorText)")
    #expect(try query("SELECT event_count AS n FROM trace", "in.db") == "n\r\n600\r\n")
  }

  @Test func canBeForcedAndIsNoText() throws {
    #expect(
      try Invocation(["import", Self.whole.path, "--format", "perf-data", "--db", "t.db"], in: folder).status == 0)
    let asText = try Invocation(["import", Self.whole.path, "--format", "perf-script"], in: folder)
    #expect(asText.status == 2)
    #expect(asText.errorText.hasSuffix("it looks like a perf.data.\n"), "\(asText.errorText)")
  }

  @Test func whatCannotBeReadIsOneSentence() throws {
    let bytes = try Data(contentsOf: Self.whole)
    _ = try folder.write("cut.data", bytes.dropLast(30_000))
    let run = try Invocation(["cut.data"], in: folder)
    #expect(run.status == 2)
    #expect(run.errorText == "gpc-replay: cut.data is a perf.data that is cut off inside its list of features.\n")
    _ = try folder.write("killed.data", bytes.prefix(48) + Data(count: 8) + bytes.dropLast(30_000).dropFirst(56))
    #expect(
      try Invocation(["killed.data"], in: folder).errorText
        == "gpc-replay: killed.data is a perf.data that perf record did not finish: the formats of its events, which come last, are not there.\n"
    )
    #expect(try folder.names == ["cut.data", "killed.data"])
  }

  /// A pipe has them in front: what is there is read.
  @Test func aCutPipeIsMarked() throws {
    let pipe = Self.fixtures.appending(path: "perf-cut-pipe.data.zst").path
    let run = try Invocation(
      shell: "zstd -dqc < \(pipe) | head -c 80001 | gpc-replay - --db cut.db", in: folder.url)
    #expect(run.status == 2)
    #expect(run.text.contains("\nverdict: incomplete"))
    #expect(try query("SELECT * FROM import_issue_count", "cut.db").contains("truncated"))
  }
}
