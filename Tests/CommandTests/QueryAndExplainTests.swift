// `query` and `explain` on the command line.

import Foundation
import RealBinary
import Testing

@Suite struct QueryAndExplainTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try Invocation([CorpusTrace("stale-hva").trace.path], in: folder)
  }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  @Test(arguments: ["DELETE FROM event", "DROP TABLE event", "CREATE TABLE t (a)", "PRAGMA user_version = 8", "VACUUM"])
  func refusesToWrite(sql: String) throws {
    let before = try folder.bytes("trace.db")
    let run = try run("query", "trace.db", sql)
    #expect(run.status == 2 && run.text == "" && run.errorText.contains("only read"))
    #expect(try folder.bytes("trace.db") == before)
  }

  private struct Row: Decodable, Equatable {
    let kind: String
    let certainty: String
    let line: Int
  }

  @Test func printsTableCSVAndJSON() throws {
    let sql = "SELECT kind, certainty, event_id AS line FROM finding"
    #expect(
      try run("query", "trace.db", sql).text == """
        kind   certainty  line
        -----  ---------  ----
        stale  certain      18

        """)
    #expect(try run("query", "trace.db", sql, "--csv").text == "kind,certainty,line\r\nstale,certain,18\r\n")
    let rows = try JSONDecoder().decode([Row].self, from: run("query", "trace.db", sql, "--json").output)
    #expect(rows == [Row(kind: "stale", certainty: "certain", line: 18)])
  }

  @Test func saysWhatIsWrong() throws {
    #expect(try run("query", "trace.db", "SELECT gfn FROM event").errorText.contains("no such column: gfn"))
    #expect(try run("query", "none.db", "SELECT 1").errorText == "gpc-replay: none.db: no such database.\n")
    _ = try folder.write("text.db", "no database\n")
    for verb in [["query", "text.db", "SELECT 1"], ["replay", "text.db"], ["explain", "text.db", "--finding", "1"]] {
      let run = try Invocation(verb, in: folder)
      #expect(run.status == 2 && run.errorText == "gpc-replay: text.db is not a gpc-replay database.\n")
    }
  }

  /// The command under a finding shows that finding again, and all of it.
  @Test func explainsWhatTheReportShows() throws {
    let report = try run(CorpusTrace("stale-hva").trace.path).text
    let command = try #require(report.split(separator: "\n").first { $0.hasPrefix("  gpc-replay explain ") })
    let again = try Invocation(shell: String(command) + " --context 1", in: folder.url)
    #expect(again.status == 0)
    // Its heading, and the lines of the proof that the report has without moment and CPU.
    let heading = try #require(report.split(separator: "\n").first { $0.hasPrefix("  #1 ") })
    #expect(again.text.replacing(/\n +/, with: " ").hasPrefix(heading.dropFirst(2)))
    let proof = report.matches(of: /\n +([0-9]+) +[0-9.,]+  .*?([a-z_]+)/).map { "\($0.1) \($0.2)" }
    let whole = again.text.matches(of: /\n +([0-9]+) +[0-9.]+ +[0-9]+ .*?([a-z_]{5,})/).map { "\($0.1) \($0.2)" }
    #expect(!proof.isEmpty && Set(proof).isSubset(of: whole), "\(proof) \(whole)")
    #expect(again.text.contains("in the recording: line 18 of trace.txt.zst, unpacked, at 203.000330000, CPU 1"))
    let list = try run("explain", "trace.db").text
    #expect(list.contains(/\n#1 +stale +certain +203\.000330000 +18 +1 /), "\(list)")
    #expect(try run("explain", "trace.db", "--cache", "9").text == "no findings\n")
    #expect(try run("explain", "trace.db", "99").status == 2)
  }
}
