// The exit statuses that scripts rely on.

import RealBinary
import Testing

@Suite struct ExitStatusTests {
  @Test(arguments: [("quiet", 0), ("stale-hva", 1), ("overlap-middle", 1), ("cut-off", 3), ("defnames2-overlap", 3)])
  func tellsTheVerdict(name: String, status: Int32) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation([CorpusTrace(name).trace.path], in: folder)
    #expect(run.status == status)
    #expect(run.text.contains("\nverdict: "))
  }

  /// quiet has two invalidations; without their events nothing shows that none was missed.
  @Test(
    arguments: [
      ([], 0), (["mn_", "gpc_invalidate_start", "kvm_unmap_hva_range"], 3), (["mn_", "gpc_invalidate_start"], 3),
    ] as [([String], Int32)])
  func withoutAnInvalidationNothingIsClean(dropped: [String], status: Int32) throws {
    let folder = try TemporaryFolder()
    let lines = try CorpusTrace("quiet").lines.filter { line in !dropped.contains { line.contains(" \($0)") } }
    let trace = try folder.write("t.txt", lines.joined(separator: "\n") + "\n")
    let run = try Invocation([trace.path], in: folder)
    #expect(run.status == status)
    let isSaid = run.text.contains(
      "Not known: no invalidation of any VM was recorded: there was none, or its probes were missing.\n")
    #expect(isSaid == (status == 3), "\(run.text)")
    // What is only imported is not judged at all.
    _ = try Invocation(["import", trace.path, "--db", "i.db"], in: folder)
    #expect(
      try Invocation(["query", "i.db", "SELECT count(*) FROM invalidation", "--csv"], in: folder).text.contains("\n0"))
    #expect(try Invocation(["replay", "i.db"], in: folder).status == status)
  }

  /// stale-check has a certain stale check. Without the checks' entries nobody can say which page was used, and without
  /// any check not that none was.
  @Test(
    arguments: [
      ([], 1, ""), ([" gpc_check:"], 3, "no probe gpc_check: unknown whether a check said yes where it must not\n"),
      ([" gpc_check"], 3, "Not known: no check of any cache was recorded: there was none, or its probe was missing.\n"),
    ] as [([String], Int32, String)])
  func withoutACheckNothingIsClean(dropped: [String], status: Int32, words: String) throws {
    let folder = try TemporaryFolder()
    let lines = try CorpusTrace("stale-check").lines.filter { line in !dropped.contains { line.contains($0) } }
    let trace = try folder.write("t.txt", lines.joined(separator: "\n") + "\n")
    let run = try Invocation([trace.path], in: folder)
    #expect(run.status == status && (words.isEmpty || run.text.contains(words)), "\(run.text)")
    let explored = try Invocation(["explore", trace.path, "--protocol", "v6.9"], in: folder)
    #expect((explored.status == 3) == (status == 3), "\(explored.text)")
  }

  /// A text does not list the probes that were set. The case quiet-dat, a trace.dat that lists them and in which none
  /// of the first three came, is clean.
  @Test(
    arguments: [
      ["gpc_init"], ["gpc_activate", "gpc_activate_ret"], ["gpc_check_ret"],
      ["mn_invalidate_range_start"], ["mn_invalidate_range_start_ret"], ["mn_invalidate_range_end"],
      ["mn_invalidate_range_end_ret"], ["__gpc_refresh"], ["__gpc_refresh_ret"], ["hva_to_pfn"], ["hva_to_pfn_ret"],
      ["gpc_activate_ret"], ["gpc_deactivate_ret"],
      ["gpc_refresh", "gpc_refresh_ret", "__gpc_refresh", "__gpc_refresh_ret"],
    ])
  func cleanNeedsProbes(dropped: [String]) throws {
    let folder = try TemporaryFolder()
    let lines = try CorpusTrace("quiet").lines.filter { line in !dropped.contains { line.contains(" \($0):") } }
    let trace = try folder.write("t.txt", lines.joined(separator: "\n") + "\n")
    let run = try Invocation([trace.path], in: folder)
    let named = dropped.contains { run.text.contains("  no probe \($0): unknown ") }
    #expect(run.status == 3 && named, "\(run.text)")
  }

  /// 2 comes before 1: an input that is not whole and has findings.
  @Test func unreadableComesFirst() throws {
    let folder = try TemporaryFolder()
    let packed = try CorpusTrace("unrelated").packed
    let cut = try folder.write("cut.txt.zst", packed[..<(packed.count - 200)])
    let run = try Invocation([cut.path], in: folder)
    #expect(run.status == 2)
    #expect(run.text.contains("excessive retries"))
  }

  @Test(arguments: [
    ["--no-such-option"], [], ["import"], ["query", "x.db"], ["run", "a", "b"], ["a.txt", "--clock", "wall"],
    ["a.txt", "--stall-max", "10"], ["a.txt", "--retries-max", "-1"], ["query", "x.db", "SELECT 1", "--csv", "--json"],
    ["explain"], ["explain", "x.db", "--json"], ["explain", "x.db", "1", "--finding", "1"],
    ["a.txt", "--fail-on", "fire"],
    ["a.txt", "--unknown", "256"], ["a.txt", "--findings", "-1"], ["a.txt", "--from", "1.x"],
  ]) func usage(arguments: [String]) throws {
    let run = try Invocation(arguments, in: TemporaryFolder())
    #expect(run.status == 64)
    #expect(run.text == "" && run.errorText.uppercased().contains("USAGE:"))
  }
}
