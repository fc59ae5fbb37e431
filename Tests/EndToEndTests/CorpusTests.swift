// Every case of the corpus, through the real binary: the report to the letter, and figures that were counted or proved elsewhere.

import Foundation
import Testing

@Suite struct CorpusTests {
  private static var cases: [String] {
    get throws {
      let corpus = Binary.root.appending(path: "traces")
      return try FileManager.default.contentsOfDirectory(atPath: corpus.path).filter {
        FileManager.default.fileExists(atPath: corpus.appending(path: "\($0)/trace.txt.zst").path)
      }.sorted()
    }
  }

  @Test(arguments: try cases) func report(name: String) throws {
    try Binary.withFolder { folder in
      let command = "gpc-replay traces/\(name)/trace.txt.zst --db case.db"
      let run = try Binary.shell(command, in: folder)
      #expect(run.errors == "")
      let report = run.output + "exit status \(run.status)\n"
      let again = try Binary.shell("gpc-replay traces/\(name)/trace.txt.zst --db :memory: --json", in: folder)
      let once = try Binary.shell("gpc-replay traces/\(name)/trace.txt.zst --db :memory: --json", in: folder)
      #expect(again.output == once.output, "same trace, same bytes out")
      #expect(again.status == run.status)
      try expect(report, at: Binary.root.appending(path: "traces/\(name)/expected.txt"))
    }
  }

  /// With GPC_REPLAY_BLESS set the expectation is rewritten, the difference printed, and the run fails: blessing is never an accident.
  private func expect(_ report: String, at url: URL) throws {
    let expected =
      FileManager.default.fileExists(atPath: url.path) ? try String(contentsOf: url, encoding: .utf8) : ""
    if ProcessInfo.processInfo.environment["GPC_REPLAY_BLESS"] != nil, report != expected {
      try report.write(to: url, atomically: true, encoding: .utf8)
      let old = Set(expected.split(separator: "\n"))
      let new = Set(report.split(separator: "\n"))
      for line in expected.split(separator: "\n") where !new.contains(line) { print("- \(line)") }
      for line in report.split(separator: "\n") where !old.contains(line) { print("+ \(line)") }
    }
    #expect(report == expected)
  }

  @Test(arguments: try cases) func figures(name: String) throws {
    let figures = Binary.root.appending(path: "traces/\(name)/expected.tsv")
    let rows = try String(contentsOf: figures, encoding: .utf8).split(separator: "\n").dropFirst()
    try Binary.withFolder { folder in
      _ = try Binary.shell("gpc-replay traces/\(name)/trace.txt.zst --db case.db", in: folder)
      for row in rows {
        let columns = row.split(separator: "\t")
        let sql = try #require(Self.sql(for: String(columns[0])))
        let run = try Binary.shell("gpc-replay query case.db \"\(sql)\" --csv", in: folder)
        let value = run.output.split(whereSeparator: \.isNewline).last ?? ""
        #expect(value == columns[1], "\(name): \(row)")
      }
    }
  }

  private static func sql(for figure: String) -> String? {
    switch figure {
    case "retry_test_forced": "SELECT forced FROM conformance WHERE subject = 'retry_test'"
    case "retry_test_agreeing": "SELECT forced_agreeing FROM conformance WHERE subject = 'retry_test'"
    case "retry_test_open": "SELECT open FROM conformance WHERE subject = 'retry_test'"
    case "contract", "stale", "divergence", "excessive_retry":
      "SELECT count(*) FROM finding WHERE kind = '\(figure)'"
    default:
      figure.hasPrefix("event:")
        ? "SELECT sum(count) FROM event_name WHERE name = '\(figure.dropFirst(6))'" : nil
    }
  }
}
