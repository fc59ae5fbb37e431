// Where a recording holds more than may be kept, the report says what was given up; nothing is missed without a word.

import Foundation
import RealBinary
import Testing

@Suite struct BoundsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ storm: StormText, _ arguments: String...) throws -> Invocation {
    _ = try folder.write("storm.txt", storm.text)
    return try Invocation(["run", "storm.txt", "--clock", "mono"] + arguments, in: folder)
  }

  private func query(_ sql: String) throws -> [String] {
    let text = try Invocation(["query", "storm.db", sql, "--csv"], in: folder).text
    return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  // MARK: The option

  @Test(arguments: ["0", "1K", "95M", "64", "-1", "nonsense", "", "256MB", "99999999999T"])
  func refused(size: String) throws {
    for verb in ["run", "compare"] {
      let run = try Invocation([verb, CorpusTrace("quiet").trace.path, "--memory-max=\(size)"], in: folder)
      #expect(run.status == 64 && run.text == "" && run.errorText.contains("--memory-max"), "\(verb) \(size): \(run)")
    }
    #expect(try folder.names.isEmpty)
  }

  /// A number without a unit is megabytes, as it always was for `explore`.
  @Test(arguments: ["96M", "96", "1G"]) func enough(size: String) throws {
    let quiet = CorpusTrace("quiet").trace.path
    let whole = try Invocation([quiet, "--db", "a.db"], in: folder)
    let bounded = try Invocation([quiet, "--db", "b.db", "--memory-max", size], in: folder)
    #expect(bounded.status == 0 && bounded.text.replacing("b.db", with: "a.db") == whole.text)
    #expect(try Invocation(["replay", "b.db", "--memory-max", size], in: folder).status == 0)
    #expect(try Invocation(["compare", "b.db", "--memory-max", size], in: folder).status == 0)
  }

  // MARK: Memory

  /// 60,000 threads are in a check: each is a row of some hundred bytes, and of 96 MB two thirds are reserved.
  @Test func memoryIsReached() throws {
    var storm = StormText()
    storm.start(0, at: StormText.far)
    storm.end(0, at: StormText.far)
    for thread in 1...60_000 { storm.check(thread, answer: nil) }
    let bounded = try run(storm, "--memory-max", "96M", "--json")
    #expect(bounded.status == 2)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(bounded.text.utf8)) as? [String: Any])
    let rows = try #require(json["given_up"] as? [[String: Any]])
    #expect(rows.last?["bound"] as? String == "memory" && rows.last?["limit"] as? Int == 96 << 20)
    #expect(rows.last?["ends_replay"] as? Bool == true)
    let text = try Invocation(["report", "storm.db"], in: folder)
    #expect(text.status == 2)
    #expect(text.text.contains("The replay needed more than 96M of memory at line "), "\(text.text)")
    #expect(text.text.contains("was judged (--memory-max)") && text.text.contains("\nverdict: incomplete"))
    #expect(try query("SELECT bound, limit_value, ends_replay FROM given_up").last == "memory,100663296,1")
    // With more of it, everything is judged, and nothing said.
    let enough = try run(storm, "--memory-max", "1G")
    #expect(enough.status == 3 && !enough.text.contains("--memory-max"), "\(enough.text)")
    #expect(try query("SELECT count(*) FROM given_up") == ["0"])
    #expect(try query("SELECT count(*) FROM cache_check") == ["60000"])
  }

  /// 9,000 caches take more than the 32 MB that are not reserved, and what comes after them is not judged. It is
  /// recorded all the same: no probe is called missing for it.
  @Test func whatIsNotJudgedIsNotCalledMissing() throws {
    var storm = StormText()
    for cache in 1...9000 { storm.refresh(cache: cache) }
    storm.start(0, at: StormText.uhva)
    storm.end(0, at: StormText.uhva)
    storm.check()
    let text = try run(storm, "--memory-max", "96M").text
    #expect(text.contains("nothing from line") && text.contains("on was judged (--memory-max)"), "\(text)")
    #expect(text.contains("no invalidation of any VM is in what was judged"))
    #expect(text.contains("no check of any cache is in what was judged"))
    for word in ["probes", "was recorded"] { #expect(!text.contains(word), "\(text)") }
    #expect(try query("SELECT count(*) FROM retry_round WHERE decision = 'unknown'") == ["0"])
    let explored = try Invocation(["explore", "storm.db", "--protocol", "v6.9", "--memory-max", "96M"], in: folder)
    #expect(!explored.text.contains("was recorded"), "\(explored.text)")
    for form in [["--mail"], []] {
      let asked = ["compare", "storm.db", "--form", "v6.9", "--memory-max", "96M"] + form
      let compared = try Invocation(asked, in: folder)
      #expect(compared.status == 2)
      #expect(
        compared.text.contains("incomplete: the replay needed more than 96M of memory at line "), "\(compared.text)")
      #expect(compared.text.contains("that were judged"))
    }
  }

  // MARK: Open invalidations

  /// One more than are kept. The check before them says yes in its window, which ends before the bound is reached: that
  /// stays. The one after them does the same, and its window's end is recorded: unknown, since its start was given up.
  @Test func tooManyOpenInvalidations() throws {
    var storm = StormText()
    storm.start(9000, at: StormText.uhva)
    storm.check()
    storm.end(9000, at: StormText.uhva)
    storm.refresh()
    storm.start(9001, at: StormText.uhva)
    for thread in 1...2048 { storm.start(thread, at: StormText.far) }
    storm.check()
    storm.end(9001, at: StormText.uhva)
    let bounded = try run(storm)
    #expect(bounded.status == 2)
    #expect(
      bounded.text.contains(
        "A VM had more than 2,048 invalidations that were open, or not surely over (--delta) at line "),
      "\(bounded.text)")
    #expect(
      try query("SELECT kind, certainty, check_id FROM finding WHERE kind = 'contract'") == ["contract,certain,1"])
    #expect(try query("SELECT decision FROM cache_check WHERE id = 2") == ["unknown"])
    #expect(try query("SELECT bound, limit_value, ends_replay FROM given_up") == ["open_invalidations,2048,0"])
    // As many as are kept: nothing is given up.
    var fitting = StormText()
    for thread in 1...2048 { fitting.start(thread, at: StormText.far) }
    _ = try run(fitting, "--db", "storm.db", "--force")
    #expect(try query("SELECT count(*) FROM given_up") == ["0"])
  }

  /// A round is repeated for an invalidation of its page, and decided a second later (--delta): more invalidations of
  /// another page than are kept come until then. It must not be decided without the one that it was repeated for.
  @Test func whatADecisionWaitsForIsKept() throws {
    var storm = StormText()
    storm.refresh(isRepeated: true)
    for _ in 0..<17_000 {
      storm.start(1, at: StormText.far)
      storm.end(1, at: StormText.far)
    }
    storm.pause(seconds: 5)
    storm.check()
    let crowded = try run(storm, "--delta", "1s")
    #expect(crowded.status == 2 && crowded.text.contains("or not surely over (--delta)"), "\(crowded.text)")
    #expect(
      try query("SELECT outcome, decision, cause FROM retry_round WHERE refresh_id = 2") == [
        "retried,unknown,unknown", "accepted,unknown,",
      ])
    #expect(try query("SELECT count(*) FROM form_agreement WHERE refuted_by = 'test'") == ["0"])
    // Without the delta the order is known.
    _ = try run(storm, "--db", "storm.db", "--force")
    #expect(try query("SELECT cause FROM retry_round WHERE outcome = 'retried'") == ["necessary"])
  }

  /// 70 invalidations of the page are open around one check that says yes: 64 findings, and whether it missed one more
  /// is left open.
  @Test func aCheckInManyWindows() throws {
    var storm = StormText()
    for thread in 1...70 { storm.start(thread, at: StormText.uhva) }
    storm.check()
    for thread in 1...70 { storm.end(thread, at: StormText.uhva) }
    #expect(try run(storm).status == 1)
    #expect(try query("SELECT count(*) FROM finding WHERE kind = 'contract'") == ["64"])
    #expect(try query("SELECT subject, invalidation_id FROM undecided_overlap") == ["check,65"])
  }

  // MARK: Losses

  /// What had no event since the last gap has nothing to lose in the next one, and nothing that it says is carried
  /// across either: the first check after each gap is unknown, whichever CPU lost events.
  @Test func everyGapCounts() throws {
    var storm = StormText()
    for gap in 0..<50 {
      storm.check()
      storm.check()
      storm.lost(gap % 3)
    }
    let lossy = try run(storm)
    #expect(lossy.status == 3)
    #expect(try query("SELECT count(*) FROM loss") == ["50"])
    // Each gap lies between events of all CPUs, so every check is at one, by the CPU's last event before it.
    #expect(try query("SELECT count(*) FROM cache_check WHERE decision <> 'unknown' AND id > 2") == ["0"])
    #expect(try query("SELECT count(*) FROM finding") == ["0"])
  }
}
