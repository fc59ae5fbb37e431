// `query` and `explain` on the command line.

import Foundation
import RealBinary
import Stages
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

  @Test func questionsHaveNames() throws {
    let list = try run("query", "trace.db", "--list").text
    #expect(list.contains("\n  missed  ") && list.contains("\n  finding_report  ") && list.contains("\n  event  "))
    let sql = "SELECT id, kind, certainty, cache_id, event_id, seconds, summary FROM finding_report"
    #expect(try run("query", "trace.db", "findings").text == run("query", "trace.db", sql).text)
    #expect(try run("query", "trace.db", "loss", "--csv").text == "id,cpu,line,after_event_id,event_count\r\n")
    let unknown = try run("query", "trace.db", "fidnings")
    #expect(unknown.status == 2 && unknown.errorText.contains("called 'fidnings'. Did you mean 'findings'?"))
    let none = try run("query", "trace.db", "everything")
    #expect(none.status == 2 && !none.errorText.contains("mean") && none.errorText.contains("--list"))
  }

  /// No row of a replay is no answer before there was one.
  @Test func saysThatNothingWasReplayed() throws {
    _ = try run("import", CorpusTrace("stale-hva").trace.path, "--db", "imported.db")
    let missed = try run("query", "imported.db", "missed", "--csv")
    #expect(missed.status == 0 && missed.text.split(separator: "\r\n").count == 1)
    #expect(missed.errorText.hasPrefix("gpc-replay: imported.db is imported, not replayed"))
    #expect(try run("query", "trace.db", "missed").errorText == "")
  }

  @Test func readsSQLFromAFile() throws {
    _ = try folder.write("q.sql", "-- how many\nSELECT count(*) AS n FROM finding;\n")
    #expect(try run("query", "trace.db", "-f", "q.sql", "--csv").text == "n\r\n1\r\n")
    let piped = try Invocation(["query", "trace.db", "-f", "-", "--csv"], in: folder, input: folder.file("q.sql"))
    #expect(piped.text == "n\r\n1\r\n")
    for (file, sentence) in [
      ("none.sql", "none.sql cannot be opened: No such file or directory."),
      (".", ". is a directory, not a file of SQL."), ("trace.db", "SQLite: "),
    ] {
      let run = try run("query", "trace.db", "-f", file)
      #expect(run.status == 2 && run.text == "" && run.errorText.hasPrefix("gpc-replay: \(sentence)"), "\(file)")
      #expect(run.errorText.filter { $0 == "\n" }.count == 1, "\(file)")
    }
  }

  @Test func asksTwoDatabases() throws {
    _ = try run(CorpusTrace("contract").trace.path, "--db", "a=b.db")
    for arguments in [["--attach", "a=b.db", "other.finding"], ["--attach", "late=a=b.db", "late.finding"]] {
      let run = try Invocation(["query", "trace.db"] + arguments + ["--csv"], in: folder)
      #expect(run.status == 0 && run.text.contains("contract"), "\(run.errorText)")
    }
    for arguments in [["--attach", "main=trace.db"], ["--attach", "x=trace.db", "--attach", "X=trace.db"]] {
      #expect(try Invocation(["query", "trace.db", "vm"] + arguments, in: folder).status == 64)
    }
    let none = try run("query", "trace.db", "vm", "--attach", "none.db")
    #expect(none.status == 2 && none.errorText == "gpc-replay: none.db: no such database.\n")
  }

  @Test func metadataForDatasette() throws {
    struct Metadata: Decodable {
      struct Database: Decodable {
        let tables: [String: Table]
        let queries: [String: [String: String]]
      }
      struct Table: Decodable {
        let description: String
        let columns: [String: String]
      }
      let databases: [String: Database]
    }
    let metadata = try JSONDecoder().decode(Metadata.self, from: run("query", "trace.db", "--datasette").output)
    // Datasette's name of trace.db.
    let database = try #require(metadata.databases["trace"])
    #expect(database.tables["loss"]?.columns["event_count"] == "how many; NULL: the tracer does not say")
    #expect(database.queries["gaps"]?["title"] == "Where were events dropped?")
    #expect(database.queries["gaps"]?["sql"]?.hasPrefix("SELECT cpu, gaps") == true)
  }

  @Test(.enabled(if: Invocation.hasProgram("sqlite3"))) func shellReads() throws {
    _ = try run(CorpusTrace("contract").trace.path, "--db", "it's.db")
    _ = try folder.write(
      "in.sql", "SELECT kind FROM finding; SELECT kind FROM other.finding; DELETE FROM other.vm; DELETE FROM vm;")
    let before = try (folder.bytes("trace.db"), folder.bytes("it's.db"))
    let shell = try Invocation(
      ["shell", "trace.db", "--attach", "it's.db"], in: folder, input: folder.file("in.sql"))
    #expect(shell.text.contains("stale") && shell.text.contains("contract"))
    #expect(shell.errorText.contains("readonly"))
    #expect(try folder.bytes("trace.db") == before.0 && folder.bytes("it's.db") == before.1)
  }

  /// docs/schema.md says so: what another program writes is refused, and sqlite3 reads on.
  @Test(.enabled(if: Invocation.hasProgram("sqlite3"))) func anotherProgramsWriteIsRefused() throws {
    for sql in ["CREATE INDEX mine ON event (gpc)", "UPDATE vm SET kvm = 1", "PRAGMA journal_mode = WAL", "VACUUM"] {
      _ = try run(CorpusTrace("contract").trace.path, "--db", "changed.db", "--force")
      #expect(try Invocation(shell: "sqlite3 changed.db '\(sql)'", in: folder.url).errorText == "")
      let query = try run("query", "changed.db", "SELECT count(*) FROM event")
      #expect(query.status == 2 && query.text == "" && query.errorText.contains("another program has written to it"))
      let count = try Invocation(shell: "sqlite3 changed.db 'SELECT count(*) FROM event'", in: folder.url)
      #expect(count.text == "24\n", "\(sql)")
    }
  }

  @Test func shellSaysWhatIsMissing() throws {
    let shell = try Invocation(shell: "PATH=/none \(Invocation.binary.path) shell trace.db", in: folder.url)
    #expect(shell.status == 2 && shell.errorText.hasPrefix("gpc-replay: sqlite3 is not installed"))
    let none = try run("shell", "none.db")
    #expect(none.status == 2 && none.errorText == "gpc-replay: none.db: no such database.\n")
    #expect(try !folder.names.contains("none.db"))
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

  /// Of another version, of another program, half of it, empty: one sentence, whatever is asked, and nothing is left.
  @Test func databasesThatAreNone() throws {
    let whole = try folder.bytes("trace.db")
    // The version is at 60, the application's id at 68, and SQLite's own mark at 0; the checksums are right again.
    func changed(_ place: Int) -> Data {
      var bytes = whole
      bytes[place + 3] ^= 1
      return bytes
    }
    let databases: [(name: String, bytes: Data, sentence: String)] = [
      ("version.db", changed(60), "version.db was written with another layout ("),
      ("foreign.db", changed(68), "foreign.db is not a gpc-replay database."),
      ("noise.db", changed(0), "noise.db is not a gpc-replay database."),
      ("empty.db", Data(), "empty.db is not a gpc-replay database."),
      ("half.db", whole.prefix(whole.count / 2), "half.db is a damaged database (database disk image is malformed)"),
    ]
    let names = try folder.names
    for (name, bytes, sentence) in databases {
      try bytes.write(to: folder.file(name))
      Resealed.seal(folder.file(name).path)
      for arguments in [
        ["query", name, "SELECT count(*) FROM event_text"], ["shell", name], ["query", name, "--list"],
        ["query", name, "--datasette"],
        ["query", "trace.db", "--attach", name, "SELECT count(*) FROM other.event_text"],
      ] {
        let run = try Invocation(arguments, in: folder)
        #expect(run.status == 2 && run.text == "", "\(arguments): \(run.text)")
        #expect(run.errorText.hasPrefix("gpc-replay: \(sentence)"), "\(arguments): \(run.errorText)")
        #expect(run.errorText.filter { $0 == "\n" }.count == 1)
      }
      try FileManager.default.removeItem(at: folder.file(name))
    }
    #expect(try folder.names == names)
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
    let proof = report.matches(of: /\n +([0-9]+) +[0-9.,]+  [ >]*([a-z_]+)/).map { "\($0.1) \($0.2)" }
    let whole = again.text.matches(of: /\n +([0-9]+)  [0-9.]+ +[0-9]+ +[0-9.]+  [ >]*([a-z_]+)/)
      .map { "\($0.1) \($0.2)" }
    #expect(!proof.isEmpty && proof == whole, "\(proof) \(whole)")
    #expect(again.text.contains("in the recording: line 18 of trace.txt.zst, unpacked, at 203.000340000, CPU 0"))
    let list = try run("explain", "trace.db").text
    #expect(try list.contains(Regex("\n#1 +stale +certain +203[.]000340000 +18 +2 ")), "\(list)")
    #expect(try run("explain", "trace.db", "--cache", "9").status == 2)
    #expect(try run("explain", "trace.db", "--cache", "1").text == "no findings\n")
    #expect(try run("explain", "trace.db", "99").status == 2)
  }
}
