// Clocks that are no time: their ticks are called ticks, and nothing is judged by how long it took.

import Foundation
import RealBinary
import Testing

@Suite struct TickTests {
  private let folder: TemporaryFolder
  /// Cycles: two false retries took 12,190,089 of them. As nanoseconds that would be more than the 10 ms of
  /// --stall-max.
  private let raw = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/x86tsc-raw.txt").path

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  /// A text does not say whose ticks they are: raw stamps are no time until `--clock` says so.
  @Test(arguments: [[], ["--clock", "x86-tsc"], ["--clock", "counter"]]) func nothingIsExcessiveByTime(clock: [String])
    throws
  {
    let report = try Invocation([raw, "--db", "x.db"] + clock, in: folder)
    #expect(report.status == 3 && report.errorText == "")
    #expect(report.text.contains("84,587,232 ticks") && report.text.contains("lost ticks"))
    #expect(report.text.contains("12,124,814") && report.text.contains("stamps of 1 tick;"))
    for word in [" ms", " us", " ns", " s\n", "certain"] { #expect(!report.text.contains(word), "\(report.text)") }
    #expect(try run("replay", "x.db").text == report.text)
    let json = try Invocation([raw, "--json", "--db", "x.db"] + clock, in: folder).text
    #expect(json.contains("\"stamp_unit\" : \"tick\""))
    #expect(
      try run("query", "x.db", "SELECT max(ts_ns) AS t, max(seconds) AS s FROM event_text", "--csv").text
        == "t,s\r\n3000084587232,\r\n")
    let comparison = try run("compare", "x.db")
    #expect(comparison.text.contains("spun ticks") && comparison.text.contains("ticks in repeated rounds"))
    for word in [" ms", " us ", " ns"] { #expect(!comparison.text.contains(word), "\(comparison.text)") }
    let search = try run("explore", "x.db")
    #expect(search.text.contains(clock.isEmpty ? "delta 1000 ticks" : "delta 0 ticks") && !search.text.contains(" ns"))
  }

  @Test func rawStampsOfAClockOfTimeAreTime() throws {
    // Imported as ticks before: the same file is another recording under a clock of time, `local` among them.
    #expect(try run(raw, "--db", "x.db").status == 3)
    for clock in ["mono", "local"] {
      let report = try run(raw, "--db", "x.db", "--clock", clock)
      #expect(report.status == 1 && report.text.contains("and spent 12.190 ms in those rounds"), "\(report.text)")
      #expect(report.text.contains(" false rounds; 1 spent more than 10.000 ms in them"))
    }
    #expect(try run(raw, "--db", "x.db", "--clock", "counter").status == 3)
  }

  /// More than 10 false retries are too many by any clock.
  @Test func orderAndCountsStay() throws {
    let unrelated = CorpusTrace("unrelated").trace.path
    let time = try run(unrelated, "--db", "ns.db", "--clock", "mono")
    let ticks = try run(unrelated, "--db", "tick.db", "--clock", "x86-tsc")
    #expect(time.status == 1 && ticks.status == 1)
    func ask(_ sql: String, _ database: String) throws -> String { try run("query", database, sql, "--csv").text }
    for sql in [
      "SELECT * FROM conformance", "SELECT cause, sub_cause, rounds, refreshes FROM retry_by_cause",
      "SELECT event_id FROM finding WHERE refresh_id IN (SELECT id FROM refresh WHERE false_count > 10)",
    ] {
      #expect(try ask(sql, "ns.db") == ask(sql, "tick.db"), "\(sql)")
    }
    let excess = "SELECT count(*) AS n FROM refresh WHERE false_count > 10"
    #expect(try ask("SELECT count(*) AS n FROM finding", "tick.db") == ask(excess, "tick.db"))
    #expect(ticks.text.contains("  ticks  worst  ") && !ticks.text.contains(" ms"))
    let finding = try ask("SELECT min(id) AS id FROM finding", "tick.db").split(whereSeparator: \.isNewline)[1]
    let explained = try run("explain", "tick.db", "--finding", String(finding))
    #expect(explained.status == 0 && explained.text.contains("  ticks  ") && !explained.text.contains(" us "))
  }

  @Test func thresholdsOfTimeNeedAClockOfTime() throws {
    let stall = try run(raw, "--db", "x.db", "--clock", "counter", "--stall-max", "1us")
    #expect(
      stall.status == 3 && stall.errorText.hasPrefix("gpc-replay: --stall-max is not used: it needs a clock of time"))
    // What keeps events unordered cannot be left aside.
    for arguments in [[raw, "--db", "y.db"], ["replay", "x.db"], ["explore", "x.db"]] {
      let delta = try Invocation(arguments + ["--delta", "5us"], in: folder)
      #expect(delta.status == 2 && delta.text == "" && delta.errorText.contains("--delta needs a clock of time"))
    }
    #expect(try folder.names == ["x.db"])
    let search = try run("explore", "x.db", "--delta", "inf")
    #expect(search.errorText == "" && search.text.contains("program order only"))
  }
}
