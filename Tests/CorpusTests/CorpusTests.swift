// Every folder of `traces/` through the real binary.

import Foundation
import RealBinary
import Testing

@Suite struct CorpusTests {
  /// Where this is set, expected reports are rewritten, and the run in which one changed fails: `tools/bless`.
  private static let isBlessing = ProcessInfo.processInfo.environment["GPC_REPLAY_BLESS"] != nil

  /// The report on a terminal, its exit status, and the database as a second run writes it.
  @Test(arguments: CorpusCase.all) func reportsAsExpected(corpusCase: CorpusCase) throws {
    let folder = try TemporaryFolder()
    let run = try Self.run(corpusCase, in: folder)
    #expect(run.errorText == "")
    let file = corpusCase.folder.appending(path: "expected.txt")
    if Self.isBlessing { try Self.bless(file, run.output) }
    let expected = try String(contentsOf: file, encoding: .utf8)
    if run.text != expected {
      try run.output.write(to: folder.file("report"))
      let difference = try Invocation(shell: "diff -u \(file.path) report", in: folder.url)
      Issue.record("the report is another one (tools/bless rewrites it):\n\(difference.text)")
    }

    let other = try TemporaryFolder()
    let second = try Self.run(corpusCase, in: other)
    #expect(second.output == run.output && second.status == run.status, "same trace, other report")
    #expect(try folder.bytes("trace.db") == other.bytes("trace.db"), "same trace, other database")
  }

  @Test(arguments: CorpusCase.all) func hasTheFiguresFoundWithoutIt(corpusCase: CorpusCase) throws {
    let folder = try TemporaryFolder()
    let run = try Self.run(corpusCase, in: folder)
    let figures = try Figure.expected(of: corpusCase)
    let status = try #require(figures.first { $0.name == "exit_status" })
    #expect(Int64(run.status) == status.value, "\(status.origin)")
    let asked = figures.filter { $0.name != "exit_status" }
    let selects = try asked.enumerated().map { index, figure in
      "SELECT \(index) AS place, (\(try #require(figure.sql, "no figure is called \(figure.name)"))) AS value"
    }
    let sql = "SELECT value FROM (\(selects.joined(separator: " UNION ALL "))) ORDER BY place"
    let rows = try Invocation(["query", "trace.db", sql, "--csv"], in: folder).text.split(separator: "\r\n").dropFirst()
    try #require(rows.count == asked.count)
    for (figure, row) in zip(asked, rows) {
      #expect(Int64(row) == figure.value, "\(figure.name), by \(figure.origin)")
    }
  }

  @Test(arguments: CorpusCase.all) func saysTheSameInJSON(corpusCase: CorpusCase) throws {
    let folder = try TemporaryFolder()
    let run = try Self.run(corpusCase, in: folder, ["--json"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(JSONReport.self, from: run.output)
    #expect(report.layout == 2)
    #expect(report.verdict.status == ["clean", "findings", "incomplete", "unknown"][Int(run.status)])
    #expect(
      try report.conformance.map(\.row)
        == folder.rows("SELECT subject, forced_agreeing, forced, open, unknown FROM conformance"))
    #expect(
      try report.findingCounts.reduce(0) { $0 + $1.count } == Int(folder.rows("SELECT count(*) FROM finding")[0]))
    #expect(try report.trace.events == Int(folder.rows("SELECT event_count FROM trace")[0]))
  }

  /// Nothing in the corpus names a machine, and all of it stays small.
  @Test(arguments: CorpusCase.all) func isComplete(corpusCase: CorpusCase) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: corpusCase.folder.path).sorted()
    #expect(
      names.filter { $0 != "arguments" } == ["README.md", "expected.tsv", "expected.txt", "trace.txt.zst"])
    #expect(try corpusCase.packed.count < 150_000)
  }

  private static func run(
    _ corpusCase: CorpusCase, in folder: TemporaryFolder, _ more: [String] = []
  ) throws -> Invocation {
    try Invocation([corpusCase.trace.path] + corpusCase.arguments + more, in: folder)
  }

  private static func bless(_ file: URL, _ report: Data) throws {
    let before = FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file) : Data()
    if before == report { return }
    let folder = try TemporaryFolder()
    try before.write(to: folder.file("before"))
    try report.write(to: folder.file("now"))
    let difference = try Invocation(shell: "diff -u before now", in: folder.url)
    try report.write(to: file)
    Issue.record("blessed, so this run fails; read the difference:\n\(difference.text)")
  }
}

extension TemporaryFolder {
  /// A query's rows as CSV lines.
  fileprivate func rows(_ sql: String) throws -> [String] {
    try Invocation(["query", "trace.db", sql, "--csv"], in: self).text.split(separator: "\r\n").dropFirst()
      .map(String.init)
  }
}

/// The parts of the JSON document that are held against the database.
private struct JSONReport: Decodable {
  struct Trace: Decodable { let events: Int }
  struct Verdict: Decodable { let status: String }
  struct FindingCount: Decodable { let count: Int }
  struct Conformance: Decodable {
    let subject: String
    let forcedAgreeing: Int
    let forced: Int
    let open: Int
    let unknown: Int

    var row: String { "\(subject),\(forcedAgreeing),\(forced),\(open),\(unknown)" }
  }

  let layout: Int
  let trace: Trace
  let verdict: Verdict
  let conformance: [Conformance]
  let findingCounts: [FindingCount]
}
