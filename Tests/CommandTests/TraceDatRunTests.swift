// A trace.dat through the binary: the same findings and counts as its text, from files and from standard input.

import Foundation
import RealBinary
import Testing

@Suite struct TraceDatRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The importer's fixtures; their README says what each is made of.
  private func fixture(_ name: String) -> URL {
    CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)")
  }

  private func query(_ sql: String, _ database: String) throws -> String {
    let run = try Invocation(["query", database, sql, "--csv"], in: folder)
    #expect(run.status == 0, "\(run.errorText)")
    return run.text
  }

  /// trace-cmd printed the text of the very same trace.dat; it has one line more, `cpus=4`, in front.
  ///
  /// A cut of a number of pages of each CPU does not cover the same time on all of them: events are missing that no
  /// marker announces.
  @Test(arguments: [
    ("storm-lossy-chunks", "storm-lossy-chunks", 1), ("unrelated-chunks", "unrelated-chunks", 3),
    ("patched-v2-gap", "patched-v2-gap-reportt", 1),
  ])
  func givesWhatItsTextGives(name: String, textName: String, status: Int32) throws {
    let binary = try Invocation([fixture("\(name).dat").path, "--db", "binary.db"], in: folder)
    let text = try Invocation([fixture("\(textName).txt.zst").path, "--db", "text.db"], in: folder)
    #expect(binary.status == status && text.status == status)
    for sql in [
      "SELECT * FROM conformance", "SELECT kind, certainty, count(*) FROM finding GROUP BY 1, 2",
      "SELECT name, count FROM event_count ORDER BY name", "SELECT pid, comm FROM task ORDER BY id",
      "SELECT * FROM import_issue_count", "SELECT sign, event_count, most_missing FROM silent_omission",
    ] {
      #expect(try query(sql, "binary.db") == query(sql, "text.db"), "\(sql)")
    }
    let proof = "SELECT kind, certainty, event_id AS event FROM finding_report ORDER BY event_id, kind"
    #expect(
      try query(proof, "binary.db") == query(proof.replacing("event_id AS", with: "event_id - 1 AS"), "text.db"))
    #expect(try query("SELECT count(*) > 0 AS n FROM finding", "binary.db") == "n\r\n\(status == 1 ? 1 : 0)\r\n")
    #expect(
      try query("SELECT count(*) > 0 AS n FROM silent_omission", "binary.db")
        == "n\r\n\(name.hasSuffix("chunks") ? 1 : 0)\r\n")
  }

  /// Where its events were dropped is not told: no decision is known, no window of it is, and so nothing is clean
  /// either.
  @Test func aRecordingThatDroppedEventsSomewhereIsUnknown() throws {
    let trace = fixture("cpustat-dropped.dat.zst").path
    let run = try Invocation([trace, "--db", "dropped.db"], in: folder)
    #expect(run.status == 3 && run.text.contains("lost on CPU 2: 1 gap, 18,935 events"), "\(run.text)")
    #expect(try query("SELECT count(*) AS n FROM finding", "dropped.db") == "n\r\n0\r\n")
    #expect(try query("SELECT sum(forced - forced_agreeing) AS n FROM conformance", "dropped.db") == "n\r\n0\r\n")
    let again = try Invocation(["replay", "dropped.db"], in: folder)
    #expect(again.status == 3 && again.text == run.text)
    for arguments in [["compare"], ["explore", "--protocol", "dwmw2-v2"]] {
      let searched = try Invocation([arguments[0], "dropped.db"] + arguments.dropFirst(), in: folder)
      #expect(searched.status == 3 && searched.text.contains("lost"), "\(searched.text)")
    }
  }

  @Test func theClockIsRecorded() throws {
    let run = try Invocation([fixture("quiet.dat").path, "--db", "quiet.db"], in: folder)
    #expect(run.status == 0)
    #expect(run.text.contains("trace.dat version 7, zstd"))
    #expect(run.text.contains("clock local (recorded)"))
  }

  @Test(arguments: ["gpc-replay - <", "cat <", "zstd -c <"])
  func comesThroughStandardInput(command: String) throws {
    let pipe = command.hasPrefix("gpc-replay") ? "" : " | gpc-replay -"
    let run = try Invocation(
      shell: "\(command) \(fixture("quiet.dat").path)\(pipe) --db in.db", in: folder.url)
    #expect(run.status == 0, "\(run.errorText)")
    #expect(try query("SELECT event_count FROM trace", "in.db").contains("761"))
  }

  @Test func aCutOneIsMarked() throws {
    let bytes = try Data(contentsOf: fixture("quiet-v6.dat"))
    _ = try folder.write("cut.dat", bytes.dropLast(16_000))
    let run = try Invocation(["cut.dat"], in: folder)
    #expect(run.status == 2)
    #expect(run.text.contains("\nverdict: incomplete"))
    let allowed = try Invocation(["cut.dat", "--allow-truncated"], in: folder)
    #expect(allowed.status == 3, "a loss at the end leaves verdicts unknown")
  }

  @Test func whatCannotBeReadIsOneSentence() throws {
    let bytes = try Data(contentsOf: fixture("quiet.dat"))
    _ = try folder.write("cut.dat", bytes.dropLast(2000))
    let run = try Invocation(["cut.dat"], in: folder)
    #expect(run.status == 2)
    #expect(run.errorText == "gpc-replay: cut.dat is a trace.dat that is cut off inside its list of options.\n")
    #expect(try folder.names == ["cut.dat"])
  }
}
