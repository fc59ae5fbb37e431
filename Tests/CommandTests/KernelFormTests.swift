// Which form a recorded kernel ran, with the real binary: recordings of patched kernels, and of the corpus.

import RealBinary
import Testing

@Suite struct KernelFormTests {
  /// A recording, the forms that agree with all of it, and the first event against some others, all counted by a
  /// program of its own (the forms by what was built into the kernel, too).
  struct Kernel: CustomTestStringConvertible, Sendable {
    let name: String
    let agreeing: [String]
    var refuted: [String: Int] = [:]

    var testDescription: String { name }
  }

  static let kernels = [
    Kernel(name: "v2-gap", agreeing: ["dwmw2-v1", "dwmw2-v2", "dwmw2-v3.4"]),
    Kernel(name: "v1-gap", agreeing: ["dwmw2-v1", "dwmw2-v2", "dwmw2-v3.4"]),
    Kernel(name: "v33-oops", agreeing: ["dwmw2-v3.3"]),
    Kernel(name: "v32-deadlock", agreeing: ["dwmw2-v3.2", "dwmw2-v3.3"]),
    Kernel(
      name: "sc5-overlap", agreeing: ["seanjc-3", "seanjc-4", "seanjc-5"], refuted: ["v6.9": 1625, "v7.3": 1625]),
  ]

  private func forms(_ arguments: [String], _ sql: String) throws -> [String] {
    let folder = try TemporaryFolder()
    let run = try Invocation(arguments + ["--db", "t.db"], in: folder)
    #expect(run.signal == 0 && run.errorText == "")
    let text = try Invocation(["query", "t.db", sql, "--csv"], in: folder).text
    return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  private static func path(_ name: String) -> String { PatchedKernel.path(name) }

  private static let agreeing = "SELECT form FROM form_agreement WHERE refuted_count = 0 ORDER BY id"

  @Test(arguments: kernels) func whatRanRemains(_ kernel: Kernel) throws {
    #expect(try forms([Self.path(kernel.name)], Self.agreeing) == kernel.agreeing)
    for (form, event) in kernel.refuted {
      let sql = "SELECT refuted_event_id FROM form_agreement WHERE form = '\(form)'"
      #expect(try forms([Self.path(kernel.name)], sql) == ["\(event)"])
    }
  }

  /// No invalidation of it ends without a memslot between a snapshot and its test.
  @Test func controlCannotTellV69FromV73() throws {
    let agreeing = try forms([Self.path("control-gap")], Self.agreeing)
    #expect(agreeing.contains("v6.9") && agreeing.contains("v7.3") && !agreeing.contains("dwmw2-v2"))
  }

  @Test func stockKernelIsV69() throws {
    let corpus = CorpusTrace("unrelated")
    #expect(
      try forms([corpus.trace.path] + corpus.arguments, Self.agreeing) == ["v6.9", "dwmw2-v3.1", "seanjc-1"])
  }

  // MARK: What divergences are from

  private static let findings = "SELECT kind, count(*) FROM finding GROUP BY kind"
  private static let chosen = "SELECT form, form_reason FROM replay"

  /// A text of trace-cmd names no kernel: the newest form that agrees, mainline's first. `contract` and `stale` do not
  /// depend on it: three checks in contract windows, and the accepted error pfn of lines 1833 to 1904, after which the
  /// kernel oopsed.
  @Test func byItselfItTakesTheNewestThatAgrees() throws {
    #expect(try forms([Self.path("v33-oops")], Self.chosen) == ["dwmw2-v3.3,published"])
    #expect(try forms([Self.path("v33-oops")], Self.findings) == ["contract,3", "stale,1"])
    #expect(try forms([Self.path("sc5-overlap")], Self.chosen) == ["seanjc-5,published"])
    #expect(try forms([Self.path("control-gap")], Self.chosen) == ["v7.3,newest"])
    #expect(try forms([CorpusTrace("unrelated").trace.path], Self.chosen) == ["v6.9,newest"])
  }

  /// A trace.dat names it.
  @Test func itTakesThatOfTheRecordedRelease() throws {
    let quiet = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/quiet.dat").path
    #expect(try forms([quiet], Self.chosen) == ["v6.9,release"])
    #expect(try forms([quiet], "SELECT kernel_release FROM trace") == ["6.12.95+deb12-amd64"])
    let run = try Invocation([quiet, "--db", ":memory:"], in: TemporaryFolder())
    let line =
      "divergences are from v6.9: it agrees, and is mainline's in 6.12.95+deb12-amd64, which the recording names"
    #expect(run.text.contains(": Linux 6.12.95+deb12-amd64, ") && run.text.contains("\n  \(line)\n"))
  }

  @Test func kernelChoosesWhatDivergencesAreFrom() throws {
    let arguments = [Self.path("v33-oops"), "--kernel", "v6.9"]
    #expect(try forms(arguments, Self.chosen) == ["v6.9,asked"])
    #expect(try forms(arguments, Self.findings) == ["contract,3", "divergence,7", "stale,1"])
    #expect(try forms(arguments, Self.agreeing) == ["dwmw2-v3.3"])
  }

  /// The first 11,829 lines speak for v7.3 as for v6.9, those behind them against it: the recording is replayed once
  /// more, and nothing in the database shows it.
  @Test func theLastEventsMaySpeakForAnotherForm() throws {
    let later = try CorpusTrace("unrelated").lines.prefix(1500).dropFirst().map {
      $0.replacing("    24.", with: "   224.")
    }
    let text = (try CorpusTrace("overlap").lines + later).map { $0 + "\n" }.joined()
    let folder = try TemporaryFolder()
    _ = try folder.write("t.txt", text)
    let byItself = try Invocation(["t.txt", "--json"], in: folder)
    let asked = try Invocation(["t.txt", "--json", "--kernel", "v6.9", "--db", "asked.db"], in: folder)
    #expect(byItself.text.contains(#""form_reason" : "newest""#) && byItself.text.contains(#""form" : "v6.9""#))
    #expect(byItself.text.replacing(#""newest""#, with: #""asked""#) == asked.text)
    for table in ["retry_round", "cache_check", "finding", "refresh", "vm", "form_agreement"] {
      let rows = try ["t.db", "asked.db"].map {
        try Invocation(["query", $0, "SELECT * FROM \(table)"], in: folder).text
      }
      #expect(rows[0] == rows[1] && !rows[0].isEmpty)
    }
  }

  /// Asked once, by itself the next time: the database gives way, and only where the form is another one.
  @Test func theDatabaseHasWhatWasAskedForLast() throws {
    let folder = try TemporaryFolder()
    let trace = Self.path("v33-oops")
    func run(_ verb: String, _ more: String...) throws -> [String] {
      let run = try Invocation(
        [verb, verb == "run" ? trace : "t.db"] + more + (verb == "run" ? ["--db", "t.db"] : []), in: folder)
      #expect(run.errorText == "")
      let text = try Invocation(["query", "t.db", Self.chosen, "--csv"], in: folder).text
      return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }
    #expect(try run("run", "--kernel", "v6.9") == ["v6.9,asked"])
    #expect(try run("run") == ["dwmw2-v3.3,published"])
    #expect(try run("replay", "--kernel", "v7.3") == ["v7.3,asked"])
    #expect(try run("replay") == ["dwmw2-v3.3,published"])
    #expect(try run("explore", "--kernel", "v6.9", "--protocol", "v6.9", "--findings", "0") == ["v6.9,asked"])
    #expect(try run("explore", "--findings", "0") == ["v6.9,asked"])
    #expect(try run("compare", "--kernel", "dwmw2-v3.3", "--protocol", "dwmw2-v3.3") == ["dwmw2-v3.3,asked"])
  }

  /// What is searched and modelled is asked for by `--protocol`; `--kernel` is what the recorded kernel ran.
  @Test func exploreAndCompareAreToldWhichKernelItWas() throws {
    let folder = try TemporaryFolder()
    let explore = ["explore", Self.path("v33-oops"), "--db", ":memory:", "--findings", "0", "--protocol", "v6.9"]
    let found = try ["v6.9", "dwmw2-v3.3"].map { try Invocation(explore + ["--kernel", $0], in: folder).text }
    #expect(found[0].contains("the recorded kernel itself: 11 findings"))
    #expect(found[1].contains("the recorded kernel itself: 4 findings"))
    let compare = ["compare", Self.path("v1-gap"), "--db", ":memory:", "--protocol", "dwmw2-v1,v6.9"]
    let compared = try ["dwmw2-v1", "v6.9"].map { try Invocation(compare + ["--kernel", $0], in: folder).text }
    #expect(compared[0].contains("how far the model of dwmw2-v1 is off"))
    #expect(compared[1].contains("how far the model of v6.9 is off"))
    let scenario = try Invocation(["explore", "--scenario", "warm", "--kernel", "v6.9"], in: folder)
    #expect(scenario.status == 64 && scenario.errorText.contains("a scenario has no recorded kernel"))
  }

  /// The machine stood still: under the form that cannot leave its loop, the refresh is stuck; under the other that
  /// agrees, it waits (truth: an own dead lock of the refresh).
  @Test func aRefreshThatCannotLeaveIsStuckUnderItsForm() throws {
    let arguments = [Self.path("v32-deadlock"), "--db", ":memory:"]
    let asked = try Invocation(arguments + ["--kernel", "dwmw2-v3.2"], in: TemporaryFolder())
    #expect(asked.status == 1 && asked.text.contains("stuck under dwmw2-v3.2, possible: 1\n"))
    let byItself = try Invocation(arguments, in: TemporaryFolder())
    #expect(byItself.status == 3 && !byItself.text.contains("stuck under"))
    #expect(
      byItself.text.contains("waits for invalidation 27 ") && byItself.text.contains("; dwmw2-v3.3 at schedule()"))
    #expect(byItself.text.contains("nothing refutes dwmw2-v3.2, which cannot leave that wait"))
  }

  /// Of tracefs text, by the form that the database was replayed with; the few lines would not tell it.
  @Test func aCutKeepsTheFormThatItWasJudgedBy() throws {
    let folder = try TemporaryFolder()
    let trace = Self.path("v32-deadlock")
    _ = try Invocation([trace, "--db", "t.db", "--clock", "mono", "--kernel", "dwmw2-v3.2"], in: folder)
    let add = try Invocation(
      ["corpus", "add", trace, "--db", "t.db", "--clock", "mono", "--finding", "1", "--to", "cut/case"], in: folder)
    #expect(add.status == 0 && add.text.contains("\n30 of 311 lines: 1-5,277-283,285-295,304-307,309-311\n"))
    let description = try Invocation(shell: "cat cut/case/case.toml", in: folder.url).text
    #expect(description.contains("\nkernel_form = \"dwmw2-v3.2\"\n") && description.contains("\"possible-deadlock\""))
    #expect(description.contains("\nrendering = \"tracefs text (trace or trace_pipe)\"\n"))
    let lines = try Invocation(shell: "zstd -dcq cut/case/trace.txt.zst", in: folder.url).text
    #expect(
      lines.hasPrefix("          task-1-1001    [000] .....     1.000000: gpc_init: (kvm_gpc_init+0x4/0x70 [kvm]) gpc=")
    )
  }

  @Test(arguments: [
    (["--kernel", "nix"], "The value 'nix' is invalid"), (["--kernel", "v6.9,v7.3"], "--form takes one form."),
  ])
  func kernelThatIsNone(_ arguments: [String], _ sentence: String) throws {
    let run = try Invocation([Self.path("v1-gap")] + arguments, in: TemporaryFolder())
    #expect(run.status == 64 && run.text == "" && run.errorText.contains(sentence))
  }
}
