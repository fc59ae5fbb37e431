// Named questions run, and what is said of tables and views is said of those that there are.

import Results
import Schema
import Testing
import TraceStore

@Suite struct QuestionTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("x.db")
    _ = try Example.database(at: .file(path))
  }

  private func csv(_ sql: String, _ database: String) throws -> [Substring] {
    var bytes: [UInt8] = []
    try Query(database: database).run(sql, format: .csv()) {
      bytes += $0
      return true
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
  }

  @Test(arguments: Question.ofTrace) func runs(question: Question) throws {
    #expect(try !csv(question.sql, path).isEmpty)
    #expect(question.text.hasSuffix("?"))
  }

  @Test func answersAreThoseOfTheExample() throws {
    let sql = Dictionary(uniqueKeysWithValues: Question.ofTrace.map { ($0.name, $0.sql) })
    // Of its drawing: one check in a contract window; 8 us lost to one invalidation, 9 us to the other.
    #expect(try csv(#require(sql["missed"]), path).dropFirst().map { $0.prefix(11) } == ["1,contract,"])
    #expect(
      try csv(#require(sql["issuers"]), path)
        == ["comm,pid,invalidations,rounds,necessary_rounds,false_rounds,lost_ns", "a\u{fffd}b,12,2,2,1,1,17000"])
    #expect(try csv(#require(sql["gaps"]), path).dropFirst() == ["0,1,7,0,20,20"])
  }

  /// One word is a question, a table or a view: never two of them.
  @Test func namesAreUnique() {
    let names = Question.ofTrace.map(\.name) + Relation.ofTrace.map(\.name)
    #expect(Set(names).count == names.count && Question.ofTrace.count >= 20)
  }

  @Test func relationsAreThoseOfTheDatabase() throws {
    let corpus = folder.file("corpus.db")
    _ = try CorpusStore(at: .file(corpus)).add(
      CorpusRunRow(begunAt: "", toolVersion: "", folder: "", jobCount: 1, differenceCount: 0, wallNs: 0, cases: []))
    for (relations, database) in [(Relation.ofTrace, path), (Relation.ofCorpus, corpus)] {
      #expect(try Query(database: database).relations == relations)
      let sql =
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY rowid"
      #expect(try csv(sql, database).dropFirst().map(String.init) == relations.map(\.name))
      for relation in relations {
        let columns = try csv("SELECT name FROM pragma_table_xinfo('\(relation.name)')", database)
        for column in relation.columns { #expect(columns.contains(Substring(column.name)), "\(relation.name)") }
      }
    }
  }

  @Test func commentsAreThoseOfTheSQL() throws {
    let loss = try #require(Relation.ofTrace.first { $0.name == "loss" })
    #expect(loss.comment == "A gap: events of one CPU were dropped." && loss.sentence == "A gap." && !loss.isView)
    #expect(loss.columns.map(\.name) == ["cpu", "line", "after_event_id", "event_count"])
    #expect(loss.columns[0].comment == "-1: the recording does not say")
    let replay = try #require(Relation.ofTrace.first { $0.name == "replay" })
    let reason = try #require(replay.columns.first { $0.name == "form_reason" })
    #expect(reason.comment.hasPrefix("why that one: --kernel / it agrees"))
    let refresh = try #require(Relation.ofTrace.first { $0.name == "refresh" })
    #expect(refresh.sentence == "One run of __kvm_gpc_refresh() (6.1: kvm_gfn_to_pfn_cache_refresh()).")
    let bare = Relation.ofTrace.filter(\.comment.isEmpty).map(\.name)
    #expect(bare == [])
  }
}
