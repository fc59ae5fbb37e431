// `--json` of every recording in `traces/` against schema/report.schema.json.

import Foundation
import RealBinary
import Testing

@Suite struct JSONSchemaTests {
  /// Every kind of finding, losses, missing probes, all formats.
  private static let traces = CorpusTrace.all

  @Test(arguments: traces) func aReportIsAsDescribed(trace: CorpusTrace) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation([trace.trace.path, "--json", "--db", "t.db"] + trace.arguments, in: folder)
    let schema = try JSONSchema("report.schema.json")
    let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? JSONSchema.Object)
    #expect(schema.faults(of: report) == [])
    // What the text shows of each finding is one of these.
    guard let finding = (report["findings"] as? [JSONSchema.Object])?.first?["id"] as? Int else { return }
    let explained = try Invocation(["explain", "t.db", String(finding), "--json"], in: folder)
    #expect(
      try schema.faults(
        of: JSONSerialization.jsonObject(with: explained.output), against: "#/$defs/finding") == [])
  }

  /// The check above would see a key that is gone, is new, or holds something else.
  @Test func whatDoesNotFitIsSeen() throws {
    let run = try Invocation([CorpusTrace("contract").trace.path, "--json", "--db", ":memory:"], in: TemporaryFolder())
    let schema = try JSONSchema("report.schema.json")
    let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? JSONSchema.Object)
    func faults(_ change: (inout JSONSchema.Object) -> Void) -> [String] {
      var changed = report
      change(&changed)
      return schema.faults(of: changed)
    }
    #expect(faults { _ in } == [])
    #expect(faults { $0["layout"] = nil } == ["$.layout is missing"])
    #expect(faults { $0["more"] = 1 } == ["$.more is not described"])
    #expect(faults { $0["layout"] = "6" } == ["$.layout is no integer"])
    #expect(faults { $0["silent_cpus"] = [true] } == ["$.silent_cpus[0] is no integer"])
  }
}
