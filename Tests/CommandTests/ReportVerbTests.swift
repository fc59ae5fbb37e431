// The report's options, the verbs about a database, and what is not overwritten.

import Foundation
import RealBinary
import Testing

@Suite struct ReportVerbTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String..., columns: Int? = 1000) throws -> Invocation {
    try Invocation(arguments, in: folder, columns: columns)
  }

  private func make(_ name: String, _ database: String, _ more: String...) throws -> Invocation {
    let trace = CorpusTrace(name)
    return try Invocation([trace.trace.path, "--db", database] + trace.arguments + more, in: folder)
  }

  /// The first line answers, the next ones say who, how long, and what limits it. Figures: case.toml, and SQL below.
  @Test func theAnswerComesFirst() throws {
    let report = try make("hva-200000-2", "t.db").text.split(separator: "\n")
    #expect(report[0].hasPrefix("1 missed invalidation is certain, "))
    #expect(report[1].contains("task-1-1001 accepts a page of cache 1 that task-1-1002 freed (["))
    let quiet = try make("quiet", "u.db").text.split(separator: "\n")
    #expect(quiet[0].hasPrefix("No missed invalidation in 2 invalidations, "))
    let lossy = try make("storm-lossy", "v.db").text
    #expect(lossy.hasPrefix("No missed invalidation was found in "))
    #expect(lossy.contains("\n  Not known: events were lost in "))
  }

  /// A test that was accepted 200 ns after an invalidation of its page began, with clocks that may be 1 us apart.
  @Test func whatCouldHideOneIsCounted() throws {
    let report = try make("overlap", "t.db").text
    let hidden = try run("query", "t.db", "SELECT count(*) AS n FROM hidden_miss WHERE subject = 'retry_test'", "--csv")
    let count = try #require(hidden.text.split(separator: "\r\n").last)
    #expect(Int(count) ?? 0 > 0 && report.contains("  Could hide one: \(count) accepted retry test"), "\(report)")
  }

  /// No line is wider than asked for, but for names and commands that cannot be broken.
  @Test(arguments: ["patched/v2-gap", "storm", "hva-200000-2", "storm-lossy", "odd-comms"], [80, 120, 200])
  func linesFit(name: String, width: Int) throws {
    let trace = CorpusTrace(name.split(separator: "/").last.map(String.init) ?? name)
    let report = try Invocation([trace.trace.path, "--db", "t.db"] + trace.arguments, in: folder, columns: width)
    let wide = report.text.split(separator: "\n").filter { $0.count > width }
    #expect(wide == [], "\(width)")
    let explained = try Invocation(["explain", "t.db"], in: folder).text.firstMatch(of: /#([0-9]+)/)
    guard let id = explained?.1 else { return }
    let full = try Invocation(["explain", "t.db", String(id), "--context", "3"], in: folder, columns: width).text
    #expect(full.split(separator: "\n").filter { $0.count > width } == [], "\(width)")
  }

  @Test func colourIsAskedFor() throws {
    _ = try make("contract", "t.db")
    #expect(try !run("report", "t.db").text.contains("\u{1b}["))
    #expect(try run("report", "t.db", "--color", "always").text.hasPrefix("\u{1b}[31m1 missed invalidation"))
    #expect(try run("report", "t.db", "--color", "sometimes").status == 64)
  }

  @Test func theReportOfADatabaseChangesNothing() throws {
    let first = try make("overlap", "t.db")
    let bytes = try folder.bytes("t.db")
    for verb in [["report", "t.db"], ["t.db"], ["run", "t.db"]] {
      let again = try Invocation(verb, in: folder)
      #expect(again.output == first.output && again.status == first.status)
    }
    #expect(try folder.bytes("t.db") == bytes)
  }

  @Test func filtersLeaveWhatIsAskedFor() throws {
    _ = try make("overlap", "t.db")
    func ids(_ arguments: String...) throws -> Set<String> {
      let list = try Invocation(["explain", "t.db"] + arguments, in: folder).text
      return Set(list.matches(of: #/\n *#([0-9]+) /#).map { String($0.1) })
    }
    func sql(_ condition: String) throws -> Set<String> {
      let rows = try run("query", "t.db", "SELECT id FROM finding_report WHERE \(condition)", "--csv").text
      return Set(rows.split(separator: "\r\n").dropFirst().map(String.init))
    }
    let all = try ids()
    let some = try ids("--cache", "3")
    #expect(!some.isEmpty && some.count < all.count)
    #expect(try some == sql("cache_id = 3"))
    #expect(try ids("--vm", "2").isEmpty)
    let half = try run("query", "t.db", "SELECT ts_ns FROM finding_report ORDER BY ts_ns LIMIT 1 OFFSET 3", "--csv")
      .text
    let moment = try #require(half.split(separator: "\r\n").last.flatMap { Int64($0) })
    let seconds = "\(moment / 1_000_000_000).\(String(1_000_000_000 + moment % 1_000_000_000).dropFirst())"
    #expect(try ids("--from", seconds) == sql("ts_ns >= \(moment)"))
    #expect(try ids("--to", seconds) == sql("ts_ns <= \(moment)"))
    // What is not there leaves nothing, and that is no clean report.
    for absent in [["--cache", "99"], ["--vm", "7"], ["--task", "nosuch"], ["--from", "5", "--to", "1"]] {
      #expect(try Invocation(["report", "t.db"] + absent, in: folder).status == 2)
    }
    #expect(try run("report", "t.db", "--cache", "3", "--ktap").status == 64)
    #expect(try run("report", "t.db", "--cache", "3").text.hasPrefix("Only cache 3: no missed invalidation among the"))
    // The task whose unrelated invalidations repeated a refresh finds it as well.
    let issuer = try run("query", "t.db", Self.mainIssuer, "--csv").text.split(separator: "\r\n").last.map(String.init)
    #expect(try !ids("--task", #require(issuer)).isEmpty)
    let report = try run("report", "t.db", "--cache", "3", "--json").text
    #expect(report.contains("\"cache\" : 3") && !report.contains("\"cache\" : 5,"))
  }

  /// What is under way in an interval is in it, whenever it began.
  @Test func theLongestRefreshOfAnInterval() throws {
    _ = try make("storm", "t.db")
    let lasts =
      "(SELECT ts_ns FROM event WHERE id = request_event_id) AS low, (SELECT ts_ns FROM event WHERE id = return_event_id) AS high"
    let longest = try run(
      "query", "t.db",
      "SELECT id, low, high FROM (SELECT id, \(lasts) FROM refresh WHERE round_count > 0) ORDER BY high - low DESC LIMIT 1",
      "--csv")
    let row = try #require(longest.text.split(separator: "\r\n").last).split(separator: ",").compactMap { Int64($0) }
    try #require(row.count == 3)
    // A thousandth of it, in its middle: no event of it lies there.
    let middle = (row[1] + row[2]) / 2
    func seconds(_ ns: Int64) -> String {
      let rest = String(ns % 1_000_000_000)
      return "\(ns / 1_000_000_000)." + String(repeating: "0", count: 9 - rest.count) + rest
    }
    let arguments = ["report", "t.db", "--from", seconds(middle), "--to", seconds(middle + (row[2] - row[1]) / 1000)]
    let json = try Invocation(arguments + ["--json"], in: folder).text
    #expect(json.contains("\"refresh\" : \(row[0]),"))
  }

  private static let mainIssuer = """
    SELECT comm FROM retry_round JOIN invalidation ON invalidation.id = invalidation_id JOIN task ON task.id = task_id
    WHERE cause = 'false' AND refresh_id IN (SELECT refresh_id FROM finding) GROUP BY comm ORDER BY count(*) DESC LIMIT 1
    """

  /// From request to return, waiting for the lock included.
  @Test func theLongestRefreshIsTheLongest() throws {
    let report = try make("storm", "t.db").text
    let longest = """
      SELECT comm || '-' || pid || ', ' || printf('%d.%03d', ns / 1000000, ns / 1000 % 1000) AS words FROM (
        SELECT task_id, coalesce(lock_wait_ns, 0) + duration_ns + 500 AS ns FROM refresh WHERE duration_ns IS NOT NULL
        ORDER BY ns DESC LIMIT 1) JOIN task ON task.id = task_id
      """
    let words = try run("query", "t.db", longest, "--json").text.firstMatch(of: /"words": ?"(.*)"/)?.1
    let expected = try #require(words)
    #expect(
      report.replacing(/([0-9]),([0-9]{3})/) { "\($0.1)\($0.2)" }.contains("Longest refresh: \(expected) ms"),
      "\(expected)\n\(report)")
  }

  /// Whose invalidations repeated the rounds of the longest refreshes, by SQL.
  @Test(arguments: ["overlap", "storm-lossy", "unrelated"]) func issuersAreThoseOfTheRounds(name: String) throws {
    struct Issuer: Decodable, Equatable { let task: String, rounds: Int, lostNs: Int, falseRounds: Int }
    struct Stall: Decodable { let refresh: Int, issuers: [Issuer] }
    struct Whole: Decodable { let stalls: [Stall] }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(Whole.self, from: make(name, "t.db", "--json").output)
    #expect(report.stalls.contains { !$0.issuers.isEmpty })
    for stall in report.stalls {
      let sql = """
        SELECT comm || '-' || pid AS task, count(*) AS rounds, CAST(total(retry_round.duration_ns) AS INTEGER) AS lost_ns,
          count(*) FILTER (WHERE cause = 'false') AS false_rounds
        FROM retry_round JOIN invalidation ON invalidation.id = invalidation_id JOIN task ON task.id = task_id
        WHERE refresh_id = \(stall.refresh) AND cause IS NOT NULL GROUP BY task_id ORDER BY lost_ns DESC, task_id
        """
      let rows = try decoder.decode([Issuer].self, from: run("query", "t.db", sql, "--json").output)
      #expect(stall.issuers == rows, "\(stall.refresh)")
    }
  }

  /// Who holds a mutex while another one waits for it, returns before that one has it.
  @Test func lockHoldersReturnWhileOthersWait() throws {
    struct Holder: Decodable { let refresh: Int, heldNs: Int, issuers: [Issuer] }
    struct Issuer: Decodable { let rounds: Int }
    struct Stall: Decodable { let refresh: Int, lockWaitNs: Int, latencyNs: Int, lockHolders: [Holder] }
    struct Whole: Decodable { let stalls: [Stall] }
    struct Refresh: Decodable { let id: Int, rounds: Int }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let stalls = try decoder.decode(Whole.self, from: make("storm", "t.db", "--json").output).stalls
    let waited = stalls.filter { $0.lockWaitNs > $0.latencyNs / 10 }
    #expect(!waited.isEmpty && stalls.allSatisfy { $0.lockWaitNs > $0.latencyNs / 10 || $0.lockHolders.isEmpty })
    for stall in waited {
      let sql = """
        SELECT id, round_count AS rounds FROM refresh WHERE EXISTS (SELECT 1 FROM refresh AS waiter
          WHERE waiter.id = \(stall.refresh) AND waiter.cache_id = refresh.cache_id
            AND refresh.return_event_id BETWEEN waiter.request_event_id AND waiter.entry_event_id)
        """
      let rows = try decoder.decode([Refresh].self, from: run("query", "t.db", sql, "--json").output)
      let holders = stall.lockHolders.map(\.refresh)
      #expect(Set(holders).isSubset(of: rows.map(\.id)) && holders.count == min(3, rows.count), "\(stall.refresh)")
      #expect(stall.lockHolders.map(\.heldNs).reduce(0, +) <= stall.lockWaitNs)
      #expect(
        stall.lockHolders.allSatisfy { holder in
          holder.issuers.isEmpty || (rows.first { $0.id == holder.refresh }?.rounds ?? 0) > 1
        })
    }
  }

  /// A moment at which nothing was recorded is not a clean one.
  @Test func momentsOutsideTheRecording() throws {
    _ = try make("v2-gap", "t.db")
    for (option, time, reason) in [
      ("--from", "1000", "no event from there on"), ("--to", "1s", "no event up to there"),
    ] {
      let run = try run("report", "t.db", option, time)
      #expect(run.status == 2 && run.text == "" && run.errorText == "gpc-replay: t.db has \(reason).\n")
    }
  }

  /// How long an invalidation lasted whose end was lost is not known: nothing happened during it.
  @Test func nothingIsSaidOfLostInvalidations() throws {
    _ = try make("storm-lossy", "t.db")
    let sql = "SELECT count(*) FROM invalidation WHERE close = 'lost'"
    #expect(try run("query", "t.db", sql, "--csv").text != "count(*)\r\n0\r\n")
    let shown =
      "SELECT count(*) AS n FROM valid_during_invalidation JOIN invalidation ON id = invalidation_id WHERE close = 'lost'"
    #expect(try run("query", "t.db", shown, "--csv").text == "n\r\n0\r\n")
  }

  /// hva-200000-2 has stale findings and no other; storm-lossy has lost events.
  @Test func theStatusOfCI() throws {
    _ = try make("hva-200000-2", "t.db")
    #expect(try run("report", "t.db", "--fail-on", "stale").status == 1)
    #expect(try run("report", "t.db", "--fail-on", "contract").status == 0)
    #expect(try run("report", "t.db", "--fail-on", "none").status == 0)
    _ = try make("storm-lossy", "l.db")
    #expect(try run("report", "l.db", "--fail-on", "contract,stale").status == 3)
    #expect(try run("report", "l.db", "--fail-on", "none", "--unknown", "125").status == 125)
    let ktap = try run("report", "t.db", "--ktap").text.split(separator: "\n")
    #expect(ktap[0] == "KTAP version 1" && ktap[2] == "1..5" && ktap.count == 8)
    #expect(ktap[3] == "ok 1 contract" && ktap[4].hasPrefix("not ok 2 stale # 1 certain"))
    let lossy = try run("report", "l.db", "--ktap").text
    #expect(lossy.contains("\nok 1 contract # SKIP events were lost in "))
  }

  /// Two recordings of one name: neither database is lost.
  @Test func noDatabaseIsOverwritten() throws {
    let (first, second) = (CorpusTrace("contract").trace.path, CorpusTrace("stale-hva").trace.path)
    #expect(try run(first).errorText == "")
    let bytes = try folder.bytes("trace.db")
    let other = try run(second)
    let name = try #require(other.errorText.firstMatch(of: /recording's is (trace-[0-9a-f]{8}\.db)\.\n$/)?.1)
    #expect(try folder.names == [String(name), "trace.db"] && folder.bytes("trace.db") == bytes)
    // It is found again.
    #expect(try run("import", second).text == "\(name): already holds \(second)\n")
    let refused = try run(second, "--db", "trace.db")
    #expect(refused.status == 2 && refused.errorText.contains("--force replaces it") && refused.text == "")
    #expect(try folder.bytes("trace.db") == bytes)
    #expect(try run(second, "--db", "trace.db", "--force").status == 1)
  }

  /// Other thresholds, and back: a finding has one number; what `explore` found stays.
  @Test func numbersStay() throws {
    _ = try make("overlap", "t.db")
    func list() throws -> [String] {
      try run("query", "t.db", "SELECT id, kind, event_id FROM finding ORDER BY id", "--csv").text
        .split(separator: "\r\n").map(String.init)
    }
    let before = try list()
    _ = try run("explore", "t.db", "--form", "dwmw2-v2")
    let counterexamples = try run("query", "t.db", "SELECT id, verdict, title FROM counterexample", "--csv").text
    _ = try run("replay", "t.db", "--retries-max", "100", "--stall-max", "50ms")
    let fewer = try list()
    #expect(fewer.count < before.count && Set(fewer).isSubset(of: before))
    _ = try run("replay", "t.db", "--retries-max", "0")
    let more = try list()
    #expect(more.count > before.count && Set(before).isSubset(of: more))
    #expect(try run("query", "t.db", "SELECT id, verdict, title FROM counterexample", "--csv").text == counterexamples)
    let ids = try run(
      "query", "t.db",
      "SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM finding UNION ALL SELECT id FROM counterexample)",
      "--csv"
    ).text.split(separator: "\r\n").last?.split(separator: ",")
    #expect(ids?.first == ids?.last)
    _ = try run("replay", "t.db")
    #expect(try list() == before)
    let proof = "SELECT count(*) FROM finding_event WHERE finding_id NOT IN (SELECT id FROM finding)"
    #expect(try run("query", "t.db", proof, "--csv").text.hasSuffix("\r\n0\r\n"))
  }

  @Test func aVerbThatWasMeant() throws {
    let run = try run("reprot", "t.db")
    #expect(run.status == 64 && run.errorText.contains("Did you mean 'report'?"))
    #expect(try self.run("a.txt", "--stall-max", "50").errorText.contains("such as 50ms"))
  }

  @Test func twoRecordingsSideBySide() throws {
    _ = try make("unrelated", "a.db")
    _ = try make("overlap", "b.db")
    let text = try run("diff", "a.db", "b.db").text
    #expect(text.hasPrefix("before a.db: ") && text.contains("\nafter b.db: "))
    // Counts over the recording's length, by SQL.
    func rate(_ database: String) throws -> Double {
      let sql = "SELECT 1e9 * (SELECT count(*) FROM invalidation) / (last_ts_ns - first_ts_ns) AS r FROM trace"
      let row = try run("query", database, sql, "--csv").text.split(separator: "\r\n").last
      return try #require(row.flatMap { Double($0) })
    }
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("invalidations ") })
    let figures = line.split(separator: " ").dropFirst().prefix(2).compactMap { Double($0.filter { $0 != "," }) }
    #expect(try abs(figures[0] - rate("a.db")) < 0.06 && abs(figures[1] - rate("b.db")) < 0.06, "\(line)")
    let json = try run("diff", "a.db", "b.db", "--json").text
    #expect(json.contains("\"before\" : {") && json.contains("\"p99_ns\""))
    // The same on both sides: nothing changes.
    let same = try run("diff", "a.db", "a.db").text
    #expect(!same.contains("+") && !same.contains(" x "))
    #expect(try run("diff", "a.db", "none.db").status == 2)
  }

  /// Without the probe of its retry test the certain stale page of the recording is an open order: that is not clean.
  @Test func anOpenOrderIsNotClean() throws {
    let lines = try CorpusTrace("hva-200000-2").lines.filter { !$0.contains(" gpc_retry_check: ") }
    let name = try folder.write("part.txt", lines.joined(separator: "\n") + "\n").path
    let run = try Invocation([name, "--db", "part.db"], in: folder)
    #expect(run.status == 3 && run.text.contains("\nverdict: unknown"), "\(run.text)")
    #expect(run.text.contains("Could hide one: 1 accepted retry test"))
    let batch = try Invocation(["batch", name, "--out", "out"], in: folder)
    #expect(batch.text.contains("\"verdict\":\"unknown\"") && batch.text.contains("could hide a missed invalidation"))
    _ = try Invocation(["merge", "out", "-o", "fleet.db"], in: folder)
    let unjudged = try Invocation(["query", "fleet.db", "unjudged", "--csv"], in: folder)
    #expect(unjudged.text.split(whereSeparator: \.isNewline).count == 2, "\(unjudged.text)")
  }
}
