// Results and what is merged of them.

import Foundation
import Pipeline
import RealBinary
import Report
import Schema
import Testing
import TraceStore

@Suite struct FleetMergeTests {
  private let folder: TemporaryFolder
  private static let names = ["contract", "overlap", "storm-lossy", "61stock-clock", "stale-hva-possible"]

  init() throws {
    folder = try TemporaryFolder()
    for name in Self.names {
      let labels = ["host": name.hasPrefix("s") ? "a" : "b", "workload": name]
      try FleetTables.write(CorpusTrace(name), to: path("\(name).db"), labels: labels)
    }
    let failed = FleetRecording(
      name: "zz-broken", status: .unreadable, error: "it is empty", fileName: "empty.txt", contentHash: nil,
      byteCount: 0, options: "", toolVersion: "0.1.0")
    try FleetResult(failed, labels: ["host": "a"]).write(to: path("broken.db"))
  }

  private func path(_ name: String) -> String { folder.file(name).path }

  private var results: [String] { (Self.names + ["broken"]).map { path("\($0).db") } }

  private func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(filePath: path(name))) }

  @Test func theOrderDoesNotMatter() throws {
    let outcome = try FleetMerge(results, into: path("one.fleet")).run()
    #expect((outcome.recordings, outcome.duplicates, outcome.repeated) == (6, 0, 0))
    _ = try FleetMerge(results.reversed(), into: path("two.fleet")).run()
    #expect(try bytes("one.fleet") == bytes("two.fleet"))
    // In parts, some of it twice, and a fleet database among the inputs.
    _ = try FleetMerge(Array(results[3...]), into: path("three.fleet")).run()
    _ = try FleetMerge(Array(results[..<4]), into: path("three.fleet")).run()
    #expect(try bytes("one.fleet") == bytes("three.fleet"))
    let again = try FleetMerge([path("three.fleet")] + results, into: path("four.fleet")).run()
    #expect(again.duplicates == 6 && again.recordings == 6)
    #expect(try bytes("one.fleet") == bytes("four.fleet"))
  }

  @Test func aResultIsTheSameBytes() throws {
    try FleetTables.write(
      CorpusTrace("overlap"), to: path("again.db"), labels: ["host": "b", "workload": "overlap"])
    #expect(try bytes("again.db") == bytes("overlap.db"))
  }

  /// A table of sums has the rows of the view or table of its name in the recording's own database.
  @Test(arguments: names) func sumsAreThoseOfTheRecording(name: String) throws {
    let database = try FleetTables.replayed(CorpusTrace(name))
    let result = path("\(name).db")
    var compared = 0
    for relation in Relation.ofFleet where !relation.isView {
      let columns = try FleetTables.rows(result, "SELECT name FROM pragma_table_info('\(relation.name)')").map { $0[0] }
      let isOfTrace = Relation.ofTrace.contains { $0.name == relation.name } && relation.name != "page_seal"
      guard columns.first == "recording_id", isOfTrace, relation.name != "finding" else { continue }
      let list = columns.dropFirst().map { $0 == "sub_cause" ? "coalesce(sub_cause, '')" : $0 }.joined(separator: ", ")
      let expected = try FleetTables.rows(database.statement("SELECT \(list) FROM \(relation.name)"))
      let stored = try FleetTables.rows(
        result, "SELECT \(columns.dropFirst().joined(separator: ", ")) FROM \(relation.name)")
      #expect(Set(stored) == Set(expected) && stored.count == expected.count, "\(relation.name)")
      compared += 1
    }
    // conformance, doubt_count, retry_by_cause, form_agreement, form_saving, missing_probe, loss_by_cpu,
    // import_issue_count
    #expect(compared == 8)
    let findings = "SELECT kind, certainty, count(*) FROM finding GROUP BY kind, certainty ORDER BY 1, 2"
    let expected = try FleetTables.rows(database.statement(findings))
    #expect(
      try FleetTables.rows(result, "SELECT kind, certainty, count FROM finding_count ORDER BY 1, 2") == expected)
  }

  /// The durations of a recording, each in one step: as many, and none outside of its step.
  @Test func bucketsHoldEveryDuration() throws {
    let database = try FleetTables.replayed(CorpusTrace("overlap"))
    let steps = try FleetTables.rows(
      path("overlap.db"), "SELECT lower_ns, upper_ns, count FROM latency_bucket WHERE kind = 'duration'")
    var counted = 0
    for step in steps {
      let inside = try #require(
        try database.number(
          "SELECT count(*) FROM refresh WHERE duration_ns BETWEEN \(step[0]) AND \(step[1])"))
      #expect(String(inside) == step[2])
      counted += Int(inside)
    }
    #expect(try database.number("SELECT count(*) FROM refresh WHERE duration_ns IS NOT NULL") == Int64(counted))
  }

  @Test func questionsAreAnswered() throws {
    let fleet = path("fleet.db")
    _ = try FleetMerge(results, into: fleet).run()
    for question in Question.ofFleet {
      #expect(question.text.hasSuffix("?"))
      _ = try FleetTables.rows(fleet, question.sql)
    }
    func answer(_ name: String) throws -> [[String]] {
      let question = try #require(Question.ofFleet.first { $0.name == name })
      return try FleetTables.rows(fleet, question.sql)
    }
    // One is hand-made to miss an invalidation, the other cut so that it may have (their case.toml).
    #expect(try answer("missed").map { $0[5...7] } == [["contract", "1", "0"], ["stale-hva-possible", "0", "1"]])
    #expect(try answer("unjudged").first.map { Array($0[5...]) } == ["unreadable", "it is empty"])
    // Of these, storm-lossy has findings and lost events: both are said.
    #expect(try answer("unjudged").contains { $0[1] == "storm-lossy" && $0[5] == "findings" })
    #expect(try answer("hosts").map { $0[0...1] } == [["b", "3"], ["a", "3"]])
  }

  @Test func namesAreUnique() {
    let names = Question.ofFleet.map(\.name) + Relation.ofFleet.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Relation.ofFleet.filter(\.comment.isEmpty).map(\.name) == [])
  }

  @Test func aJudgedResultComesFirst() throws {
    let name = try #require(try FleetDatabase(at: path("contract.db")).entries().first?.name)
    let failed = FleetRecording(
      name: name, status: .outOfTime, error: "it took 600 s", fileName: "trace.txt", contentHash: nil, byteCount: 0,
      options: "", toolVersion: "0.1.0")
    try FleetResult(failed, labels: [:]).write(to: path("late.db"))
    let both = [path("late.db"), path("contract.db")]
    for (index, inputs) in [both, both.reversed()].enumerated() {
      let fleet = path("fleet-\(index).db")
      let outcome = try FleetMerge(inputs, into: fleet).run()
      #expect((outcome.recordings, outcome.duplicates) == (1, 1))
      #expect(try FleetTables.rows(fleet, "SELECT status FROM recording") == [["judged"]])
    }
  }

  /// Two files of one content have one result: in whatever order they come, the first name is kept.
  @Test func namesOfOneContent() throws {
    for name in ["one", "two"] {
      let failed = FleetRecording(
        name: "same", status: .unreadable, error: "it is empty", fileName: "\(name).txt", contentHash: nil,
        byteCount: 0,
        options: "", toolVersion: "0.1.0")
      try FleetResult(failed, labels: [:]).write(to: path("\(name).db"))
    }
    _ = try FleetMerge([path("one.db"), path("two.db")], into: path("a.fleet")).run()
    _ = try FleetMerge([path("two.db"), path("one.db")], into: path("b.fleet")).run()
    #expect(try bytes("a.fleet") == bytes("b.fleet"))
    #expect(try FleetTables.rows(path("a.fleet"), "SELECT file_name FROM recording") == [["one.txt"]])
  }

  /// A file with the name of a result is one, whatever became of it.
  @Test func aDamagedResultIsNotLeftOut() throws {
    let place = path("results")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
    #expect(try FleetMerge([place], into: path("a.fleet")).run().empty == [place])
    let damaged = "\(place)/0123456789abcdef-1-0123456789abcdef.db"
    try Data().write(to: URL(filePath: damaged))
    #expect(throws: TraceStoreError.notOurs(path: damaged)) { try FleetMerge([place], into: path("b.fleet")).run() }
  }

  @Test func theReport() throws {
    let fleet = path("fleet.db")
    _ = try FleetMerge(results, into: fleet).run()
    let report = try FleetReport(FleetDatabase(at: fleet))
    let answer = report.answer.map(\.text)
    #expect(answer[0] == "Missed invalidations: certain in 1 recording, possible in 1 more.")
    #expect(answer[1].hasPrefix("6 recordings of 2 hosts, "))
    #expect(answer.contains("Not known: 1 recording is not judged (1 unreadable)."))
    #expect(report.isPartlyUnknown && report.findingKinds.isSuperset(of: [.contract, .stale]))
    // Nothing is said of what was not judged.
    _ = try FleetMerge([path("broken.db")], into: path("none.db")).run()
    let none = try FleetReport(FleetDatabase(at: path("none.db")))
    #expect(none.answer[0].text == "Nothing can be said about missed invalidations: no recording was judged.")
    #expect(none.isPartlyUnknown && !none.answer.contains { $0.text.contains("round") })
    // Where a table does not fit, each part of it has all of its keys. (None of these names its kernel.)
    let narrow = report.lines(database: fleet, width: 60).map(\.text)
    #expect(narrow.filter { $0.hasPrefix("workload  ") }.count > 1, "\(narrow)")
  }

  @Test func otherFilesAreNamed() throws {
    let text = path("text.db")
    try Data("not a database".utf8).write(to: URL(filePath: text))
    #expect(throws: TraceStoreError.notOurs(path: text)) {
      try FleetMerge([text], into: path("fleet.db")).run()
    }
    #expect(throws: TraceStoreError.notFound(path: path("none"))) {
      try FleetMerge([path("none")], into: path("fleet.db")).run()
    }
    // Nor is one replaced.
    #expect(throws: TraceStoreError.notOurs(path: text)) { try FleetMerge(results, into: text).run() }
    #expect(try String(contentsOf: URL(filePath: text), encoding: .utf8) == "not a database")
  }
}
