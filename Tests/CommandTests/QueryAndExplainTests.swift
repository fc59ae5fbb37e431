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
      #expect(run.status == 2 && run.errorText == "gpc-replay: text.db is no database of gpc-replay.\n")
    }
  }

  /// The command under a finding shows that finding again.
  @Test func explainsWhatTheReportShows() throws {
    let report = try run(CorpusTrace("stale-hva").trace.path).text
    let line = try #require(report.split(separator: "\n").first { $0.contains("again: ") })
    let command = try #require(line.split(separator: ": ").last)
    let again = try Invocation(shell: String(command), in: folder.url)
    #expect(again.status == 0)
    for line in again.text.split(separator: "\n") { #expect(report.contains(line), "\(line)") }
    #expect(try run("explain", "trace.db", "--finding", "99").status == 2)
  }
}
