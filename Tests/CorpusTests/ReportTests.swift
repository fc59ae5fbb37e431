// Reports on recordings of `traces/`, byte by byte, through the real binary.

import Foundation
import RealBinary
import Testing

@Suite struct ReportTests {
  private static let folder = CorpusTrace.root.appending(path: "Tests/CorpusTests/Reports")

  /// Those of which a report is kept: it shows what changes, and proves nothing.
  private static let traces: [CorpusTrace] = {
    let kept = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return kept.filter { $0.hasSuffix(".txt") }.sorted().map { CorpusTrace(String($0.dropLast(".txt".count))) }
  }()

  /// Where this is set, expected reports are rewritten, and the run in which one changed fails: `tools/bless`.
  private static let isBlessing = ProcessInfo.processInfo.environment["GPC_REPLAY_BLESS"] != nil

  /// The report on a terminal, its exit status, and the database as a second run writes it.
  @Test(arguments: traces) func reportsAsExpected(trace: CorpusTrace) throws {
    let folder = try TemporaryFolder()
    let run = try Self.run(trace, in: folder)
    #expect(run.errorText == "")
    let file = Self.folder.appending(path: trace.name + ".txt")
    if Self.isBlessing { try Self.bless(file, run.output) }
    let expected = try String(contentsOf: file, encoding: .utf8)
    if run.text != expected {
      try run.output.write(to: folder.file("report"))
      let difference = try Invocation(shell: "diff -u \(file.path) report", in: folder.url)
      Issue.record("the report is another one (tools/bless rewrites it):\n\(difference.text)")
    }

    let other = try TemporaryFolder()
    let second = try Self.run(trace, in: other)
    #expect(second.output == run.output && second.status == run.status, "same trace, other report")
    #expect(try folder.bytes("trace.db") == other.bytes("trace.db"), "same trace, other database")
  }

  @Test(arguments: traces) func saysTheSameInJSON(trace: CorpusTrace) throws {
    let folder = try TemporaryFolder()
    let run = try Self.run(trace, in: folder, ["--json"])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(JSONReport.self, from: run.output)
    #expect(report.layout == 6)
    #expect(report.verdict.status == ["clean", "findings", "incomplete", "unknown"][Int(run.status)])
    #expect(
      try report.conformance.map(\.row)
        == folder.rows("SELECT subject, forced_agreeing, forced, open, unknown FROM conformance"))
    #expect(
      try report.retries.map(\.row)
        == folder.rows("SELECT cause, sub_cause, rounds, refreshes, lost_ns FROM retry_by_cause"))
    #expect(
      try report.findingCounts.reduce(0) { $0 + $1.count } == Int(folder.rows("SELECT count(*) FROM finding")[0]))
    #expect(try report.trace.eventCount == Int(folder.rows("SELECT event_count FROM trace")[0]))
  }

  private static func run(
    _ trace: CorpusTrace, in folder: TemporaryFolder, _ more: [String] = []
  ) throws -> Invocation {
    try Invocation([trace.trace.path] + trace.arguments + more, in: folder, columns: nil)
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
  struct Trace: Decodable { let eventCount: Int }
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
  struct Retry: Decodable {
    let cause: String
    let subCause: String?
    let rounds: Int
    let refreshes: Int
    let lostNs: Int

    var row: String { "\(cause),\(subCause ?? ""),\(rounds),\(refreshes),\(lostNs)" }
  }

  let conformance: [Conformance]
  let retries: [Retry]
  let findingCounts: [FindingCount]
}
