// One recording in every form gives the same findings, causes and decisions.

import Foundation
import RealBinary
import Renderings
import Testing

@Suite struct RenderingFindingsTests {
  private static let questions = [
    "SELECT kind, certainty, count(*) FROM finding GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT * FROM retry_by_cause",
    "SELECT count(*), sum(event_count) FROM loss",
    "SELECT name, count FROM event_name ORDER BY name",
    "SELECT (SELECT count(*) FROM refresh), (SELECT count(*) FROM retry_round), (SELECT count(*) FROM invalidation), (SELECT count(*) FROM cache_check)",
    "SELECT count(*), sum(is_accepted), sum(pfn), min(uhva) FROM retry_round",
  ]

  /// What the database says of the text, all under the same clock.
  private func answers(_ text: [UInt8], _ name: String) throws -> [String] {
    let folder = try TemporaryFolder()
    _ = try folder.write(name, text)
    let run = try Invocation([name, "--db", "trace.db", "--clock", "boot"], in: folder)
    #expect(run.status != 2, "\(run.errorText)")
    return try Self.questions.map { try Invocation(["query", "trace.db", $0, "--csv"], in: folder).text }
  }

  private static let lossless: [Rendering] = Rendering.allCases.filter { $0.kept == .nanoseconds }
  private static let truncated: [Rendering] = Rendering.allCases.filter { $0.kept == .microseconds && $0 != .tracefs }

  @Test(arguments: lossless, ["quiet", "overlap-middle", "stale-hva"])
  func withNanosecondsItIsTheSame(rendering: Rendering, name: String) throws {
    let report = try CorpusTrace(name).text
    var expected = try answers(report, "report.txt")
    // Where dropped events are not told, what contradicts the rules, or is in excess, may be so for want of one.
    if Self.perf.contains(rendering) { expected[0] = expected[0].replacing(",certain,", with: ",possible,") }
    #expect(try answers(rendering.of(report), "other.txt") == expected)
  }

  private static let perf = [Rendering.perfScriptNs, .perfScriptNsPidTid, .perfScriptCallChains]

  @Test(arguments: truncated, ["quiet", "overlap-middle"])
  func withMicrosecondsItIsTheSameAmongThose(rendering: Rendering, name: String) throws {
    let report = try CorpusTrace(name).text
    var expected = try answers(Rendering.tracefs.of(report), "tracefs.txt")
    if rendering == .perfScript { expected[0] = expected[0].replacing(",certain,", with: ",possible,") }
    #expect(try answers(rendering.of(report), "other.txt") == expected)
  }

  /// Losses of unknown size are those of trace-cmd and the kernel only.
  @Test(arguments: [Rendering.flags, .eventType, .buffers, .timeDifference, .rawStamps, .rawStampsFlags, .perfData])
  func soItIsWithLosses(rendering: Rendering) throws {
    let report = try CorpusTrace("storm-lossy-middle").text
    #expect(try answers(rendering.of(report), "other.txt") == answers(report, "report.txt"))
  }

  /// perf script tells losses only when asked to, and a text does not say whether it was: without a loss in it nothing
  /// is sure.
  @Test(arguments: [Rendering.perfScriptNs]) func whatAFormCannotTellIsNoCleanVerdict(rendering: Rendering) throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("t.txt", rendering.of(try CorpusTrace("quiet").text))
    let run = try Invocation(["t.txt"], in: folder)
    #expect(run.status == 3)
    #expect(
      run.text.contains("  Not known: lost events are told only by `perf script --show-lost-events`.\n")
        && run.text.contains("\nverdict: unknown"))
  }

  /// What is coarser is not surer: no decision is forced that was open.
  @Test func microsecondsLeaveMoreOpen() throws {
    let report = try CorpusTrace("overlap-middle").text
    let open = "SELECT count(*) FROM retry_round WHERE decision = 'open'"
    func count(_ text: [UInt8]) throws -> Int {
      let folder = try TemporaryFolder()
      _ = try folder.write("t.txt", text)
      _ = try Invocation(["t.txt", "--db", "trace.db", "--clock", "boot"], in: folder)
      return Int(try Invocation(["query", "trace.db", open, "--csv"], in: folder).text.split(separator: "\r\n")[1])
        ?? -1
    }
    let (fine, coarse) = try (count(report), count(Rendering.tracefs.of(report)))
    #expect(fine >= 0 && coarse >= fine)
  }
}
