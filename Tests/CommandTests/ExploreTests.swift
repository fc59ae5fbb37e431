// `explore` on the command line: recordings, stored counterexamples, and what is wrong with what was asked for.

import Foundation
import RealBinary
import Testing

@Suite struct ExploreTests {
  /// Whatever is searched, and whatever the terminal: no line is wider, but for a command, which is copied.
  @Test(
    arguments: [
      ["explore", "--scenario", "two-overlapping", "--protocol", "v5.17,dwmw2-v3.3"],
      ["explore", "--scenario", "guest-events", "--protocol", "griffoul-4"],
      ["explore", "--scenario", "punch-hole", "--protocol", "itazur-1"],
      ["explore", CorpusTrace("contract").trace.path, "--protocol", "dwmw2-v2", "--db", "t.db"],
      ["compare", CorpusTrace("unrelated").trace.path, "--db", "u.db"],
      ["matrix", "v6.9", "griffoul-4"],
    ], [80, 100, 120])
  func fitsTheTerminal(arguments: [String], columns: Int) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation(arguments, in: folder, columns: columns)
    let wide = run.text.split(whereSeparator: \.isNewline).filter {
      $0.count > columns && !$0.contains("gpc-replay explore") && !$0.contains("gpc-replay explain")
    }
    #expect(wide.isEmpty && !run.text.isEmpty, "\(wide)")
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  // traces/contract: a check between the hooks of an invalidation of its page (its README proves that mainline must say
  // no there, and that the recorded kernel was made to say yes). v2 says yes in every order: its walk is in the end
  // hook.
  @Test func findsStoresAndExplains() throws {
    let trace = CorpusTrace("contract").trace.path
    // As wide as what is kept.
    let run = try Invocation(["explore", trace, "--protocol", "dwmw2-v2"], in: folder, columns: 80)
    #expect(run.status == 1 && run.errorText == "")
    #expect(run.text.hasPrefix("dwmw2-v2: contract in 1 of 2 windows, stale in 1 of 2 windows\nCOMPLETE within delta "))
    #expect(run.text.contains("kvm_gpc_check() says yes inside an invalidation of its page"))
    let commands = run.text.split(separator: "\n").filter { $0.hasPrefix("Stored:") || $0.hasPrefix("Again:") }
      .compactMap { $0.split(separator: ":", maxSplits: 1).last.map { $0.drop { $0 == " " } } }
    #expect(commands.count == 4)
    for command in commands {
      let again = try Invocation(shell: "COLUMNS=80 \(command)", in: folder.url)
      #expect(again.status == (command.contains(" explain ") ? 0 : 1), "\(command)")
      // All but the number; and what is said of the search, which is one window's here.
      let text =
        command.contains(" explain ")
        ? again.text.drop { $0 != "\n" } : again.text.trimmingPrefix(/.*?\n\n/.dotMatchesNewlines())
      #expect(text.contains("Order:"))
      for line in text.split(separator: "\n") { #expect(run.text.contains(line), "\(line)") }
    }
    let sql = "SELECT form, verdict, window FROM counterexample_report"
    #expect(
      try self.run("query", "trace.db", sql, "--csv").text
        == "form,verdict,window\r\ndwmw2-v2,contract,2\r\ndwmw2-v2,stale,2\r\n")
    let steps = try self.run(
      "query", "trace.db",
      "SELECT count(*) FROM counterexample_step JOIN counterexample ON id = counterexample_id WHERE verdict = 'contract'",
      "--csv")
    #expect(steps.text.hasSuffix("\r\n4\r\n"))
  }

  // mainline is right about that recording, whatever its kernel was made to do.
  @Test func cleanIsSaidWithItsLimits() throws {
    let run = try run("explore", CorpusTrace("contract").trace.path)
    #expect(run.status == 0)
    #expect(
      run.text.hasPrefix("v6.9: clean under sequential consistency\nCOMPLETE within delta 1000 ns: 2 of 2 windows"))
  }

  // Recorded on a kernel of v2: the ten checks between hooks that a plain program counts by rule 7 of docs/evidence.md
  // lie in a window each, and v2 says yes in each.
  @Test func findsWhatAPatchedKernelDid() throws {
    let trace = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/patched-v2-gap-reportt.txt.zst").path
    let run = try run("explore", trace, "--clock", "mono", "--db", "trace.db", "--protocol", "dwmw2-v2")
    #expect(run.status == 1 && run.errorText == "")
    #expect(run.text.hasPrefix("dwmw2-v2: contract in 10 of 73 windows, stale in 10 of 73 windows\nCOMPLETE "))
    #expect(!run.text.contains("no order comes to its end"))
    let clean = try self.run("explore", "trace.db", "--protocol", "v6.9")
    #expect(clean.status == 0 && clean.text.hasPrefix("v6.9: clean "))
  }

  @Test func everyFormInOnePass() throws {
    let run = try run("explore", CorpusTrace("stale-hva").trace.path, "--protocol", "all", "--findings", "0")
    #expect(run.status == 1)
    let heads = run.text.split(separator: "\n").filter { $0.contains(": stale in 1 of 1 windows") }
    // No memslot covers its page, so no seq moves (its README): mainline is wrong in the recorded order, and so is
    // whoever relies on the seq.
    for form in ["v6.9", "seanjc-1", "seanjc-2"] { #expect(heads.contains { $0.hasPrefix("\(form):") }) }
  }

  // Searched again, the former exploration of that form goes; another form's stays.
  @Test func storedOncePerForm() throws {
    let trace = CorpusTrace("contract").trace.path
    for _ in 0..<2 { _ = try run("explore", trace, "--protocol", "dwmw2-v2,dwmw2-v1") }
    _ = try run("explore", "trace.db", "--protocol", "dwmw2-v1", "--delta", "inf")
    let rows = try run("query", "trace.db", "SELECT form, delta_ns FROM exploration ORDER BY form, delta_ns", "--csv")
    #expect(rows.text == "form,delta_ns\r\ndwmw2-v1,\r\ndwmw2-v1,1000\r\ndwmw2-v2,1000\r\n")
    let sql = "SELECT count(*) FROM counterexample_step WHERE counterexample_id NOT IN (SELECT id FROM counterexample)"
    #expect(try run("query", "trace.db", sql, "--csv").text.hasSuffix("\r\n0\r\n"))
  }

  // A lossy recording: what was dropped is not searched, and that is no clean verdict.
  @Test func lossIsNoCleanVerdict() throws {
    let run = try run("explore", CorpusTrace("storm-lossy-torn-end").trace.path, "--allow-truncated", "--findings", "0")
    #expect(run.status == 1 || run.status == 3)
    #expect(run.text.contains("not searched: "))
    #expect(!run.text.contains("clean"))
  }

  @Test(
    arguments: [
      (["explore"], "Give either a recording or --scenario."),
      (["explore", "x", "--scenario", "warm"], "Give either a recording or --scenario."),
      (["explore", "--scenario", "nix"], "There is no scenario 'nix'"),
      (["explore", "x", "--protocol", "v6.9,nix"], "The value 'v6.9,nix' is invalid"),
      (["explore", "x", "--states-max", "0"], "--states-max must be at least 1."),
      (["explore", "x", "--memory-max", "0"], "--memory-max must be 1 to 1048576 MB."),
      (["explore", "x", "--time-max", "0"], "--time-max must be at least 1 second."),
      (["explore", "x", "--window", "0"], "--window starts at 1."),
      (["explore", "x", "--delta", "soon"], "The value 'soon' is invalid"),
      (["explore", "x", "--drop-barrier"], "--drop-barrier needs --memory tso."),
      (["explore", "--scenario", "warm", "--delta", "inf"], "a scenario has no recorded times"),
    ])
  func usage(arguments: [String], sentence: String) throws {
    let run = try Invocation(arguments, in: folder)
    #expect(run.status == 64 && run.text == "")
    #expect(run.errorText.contains(sentence))
  }

  @Test func noSuchThing() throws {
    let missing = try run("explore", "none.zst")
    #expect(missing.status == 2 && missing.errorText.contains("none.zst cannot be opened"))
    _ = try run("import", CorpusTrace("contract").trace.path)
    let window = try run("explore", "trace.db", "--window", "3")
    #expect(window.status == 2 && window.errorText == "gpc-replay: trace.db has 2 windows, no window 3.\n")
    #expect(try run("explain", "trace.db", "--finding", "99").status == 2)
  }
}
