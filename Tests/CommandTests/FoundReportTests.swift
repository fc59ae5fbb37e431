// Inputs that damage found, through all the stages: a report or a sentence, and never a trap.

import Foundation
import RealBinary
import Testing

@Suite struct FoundReportTests {
  private static let found = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/Found")

  static let names: [String] = {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: found.path).sorted().filter { $0 != "README.md" }
    } catch {
      preconditionFailure("the found inputs cannot be read: \(error)")
    }
  }()

  @Test(arguments: names) func isReportedOrSaidInASentence(name: String) throws {
    let folder = try TemporaryFolder()
    let path = Self.found.appending(path: name).path
    for arguments in [
      [path, "--db", "t.db"], [path, "--db", ":memory:", "--json"], ["compare", path, "--db", ":memory:"],
    ] {
      let run = try Invocation(arguments, in: folder)
      #expect(run.signal == 0 && (0...3).contains(run.status), "\(run.errorText)")
      #expect(run.text.isEmpty == !run.errorText.isEmpty)
    }
    for form in ["trace-cmd", "tracefs", "perf-script", "bpftrace", "trace-dat", "perf-data"] {
      let run = try Invocation([path, "--db", ":memory:", "--format", form], in: folder)
      #expect(run.signal == 0 && (0...3).contains(run.status), "\(form): \(run.errorText)")
    }
  }

  /// Stamps that go back, and such as lie as far apart as stamps can.
  @Test func spansBelowZeroAreWrittenAsSuch() throws {
    let folder = try TemporaryFolder()
    func report(_ name: String) throws -> String {
      try Invocation([Self.found.appending(path: name).path, "--db", ":memory:"], in: folder).text
    }
    #expect(try report("report-time-that-goes-back.txt").contains("  -197,999,900.000  "))
    #expect(try report("report-time-from-end-to-end.txt").contains(": 24 events in 4,611,686,018.427 s, "))
  }
}
