// `compare` with the real binary: recordings of the corpus, and what it cannot be asked.

import RealBinary
import Stages
import Testing

@Suite struct CompareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func compare(_ name: String, _ arguments: String...) throws -> Invocation {
    let corpus = CorpusTrace(name)
    return try Invocation(
      ["compare", corpus.trace.path, "--db", "trace.db"] + corpus.arguments + arguments, in: folder)
  }

  /// The rows, without their heading.
  private func query(_ sql: String) throws -> [String] {
    let text = try Invocation(["query", "trace.db", sql, "--csv"], in: folder).text
    return text.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
  }

  @Test func unknownForm() throws {
    let run = try compare("quiet", "--protocol", "v6.9,dwmw2-v9")
    #expect(run.status == 64 && run.text == "")
    #expect(run.errorText.contains("'v6.9,dwmw2-v9' is invalid") && run.errorText.contains("dwmw2-v3.4"))
    #expect(try folder.names.isEmpty)
  }

  // The model of the recorded kernel's form makes every round that the kernel made, to the nanosecond.
  @Test(arguments: ["unrelated", "lifecycle", "two-vms", "one-mm-two-vms", "quiet"]) func agrees(name: String) throws {
    let run = try compare(name, "--protocol", "v6.9")
    #expect(run.status == 0 && run.errorText == "")
    let off = try query(
      "SELECT figure FROM model_agreement WHERE difference <> 0 AND figure NOT LIKE '%retries' AND figure NOT LIKE 'ns from%'"
    )
    #expect(off == [])
  }

  @Test func sameBytes() throws {
    let first = try compare("unrelated")
    let second = try compare("unrelated")
    #expect(first.status == 0 && first.text == second.text)
    #expect(try query("SELECT count(*) FROM form_cost") == ["26"])
  }

  // Forms that are compared later are added, in the order of their age, each as if all had been compared at once; only
  // those that are asked for are printed.
  @Test func addsToWhatIsStored() throws {
    let all = "SELECT * FROM form_cost"
    _ = try compare("unrelated", "--protocol", "dwmw2-v2,v6.9,seanjc-3")
    let atOnce = try query(all)
    _ = try Invocation(["replay", "trace.db", "--delta", "7us"], in: folder)
    #expect(try query(all) == [], "those were of another delta")
    _ = try Invocation(["replay", "trace.db"], in: folder)
    for forms in ["seanjc-3", "dwmw2-v2", "v6.9", "dwmw2-v2"] {
      let run = try compare("unrelated", "--protocol", forms)
      let rows = run.text.split(separator: "\n\n")[1].split(separator: "\n").map { $0.prefix { $0 != " " } }
      #expect(rows == ["form", "recorded", Substring(forms)])
    }
    #expect(try query(all) == atOnce)
    #expect(try query("SELECT id FROM form_cost ORDER BY id") == ["0", "1", "2", "3"])
    let windows = try query("SELECT count(*) FROM left_out_window")
    _ = try compare("unrelated", "--protocol", "v6.9")
    #expect(try query("SELECT count(*) FROM left_out_window") == windows)
  }

  // Without the probes of the retry loop nothing is concluded; nothing is made up, either.
  @Test func withoutRetryProbes() throws {
    let run = try compare("defnames2-overlap")
    #expect(run.status == 3 && run.text.contains("nothing to compare"))
    #expect(run.text.contains("excluded: ") && run.text.contains("windows of the recording"))
    #expect(try query("SELECT sum(refresh_count) FROM form_cost") == ["0"])
  }

  @Test func lossy() throws {
    let run = try compare("storm-lossy")
    #expect(run.status == 0 && run.text.contains("(lost_events)"))
    #expect(try query("SELECT count(*) > 0 FROM left_out_window") == ["1"])
  }

  // Recorded on kernels of these forms, whose walk's event lies in the end hook. The contract violations are a plain
  // program's count by the rule alone (docs/evidence.md, 7); the model of the form that ran has as many, and mainline,
  // which walks in the start hook, none.
  @Test(arguments: [("patched-v1-gap", "dwmw2-v1", "2"), ("patched-v2-gap", "dwmw2-v2", "10")])
  func aWalkInTheEndHook(name: String, form: String, contracts: String) throws {
    let trace = CorpusTrace.root.appending(path: "Tests/TraceReadersTests/Fixtures/\(name)-reportt.txt.zst").path
    let run = try Invocation(["compare", trace, "--db", "trace.db", "--clock", "mono"], in: folder)
    #expect(run.status == 0 && run.errorText == "")
    #expect(
      try query("SELECT contract_count FROM form_cost WHERE form IN ('recorded', '\(form)', 'v6.9') ORDER BY id")
        == [contracts, "0", contracts])
    // The forms' retry test has no snapshot, and its probe no mmu_seq: a cut of the recording needs none.
    let cut = try Invocation(
      ["corpus", "add", trace, "--db", "trace.db", "--clock", "mono", "--finding", "2", "--to", "case"], in: folder)
    #expect(cut.status == 0 && cut.text.contains("contract, certain"), "\(cut.errorText)")
  }

  // Patched kernels, each compared as the form that it ran: the model of that form does what the recorded kernel did,
  // to the nanosecond. The recordings of seanjc-5 and v3.3 hold waits of the kernel's own.
  @Test(arguments: [
    ("v1-gap", "dwmw2-v1"), ("v2-gap", "dwmw2-v2"), ("v33-oops", "dwmw2-v3.3"), ("sc5-overlap", "seanjc-5"),
    ("control-gap", "v6.9"),
  ])
  func theModelOfWhatRanIsWhatRan(name: String, form: String) throws {
    let trace = PatchedKernel.path(name)
    _ = try Invocation([trace, "--kernel", form, "--db", "trace.db"], in: folder)
    let run = try Invocation(["compare", "trace.db", "--protocol", form], in: folder)
    #expect(run.status == 0 && run.errorText == "" && !run.text.contains("more than 1 % off"))
    #expect(try query("SELECT figure FROM model_agreement WHERE difference <> 0") == [])
    let columns = "wasted_lookup_count, contract_count, stale_count, slept_ns, wake_up_count, stall_max_ns"
    let rows = try query("SELECT \(columns) FROM form_cost")
    #expect(rows.count == 2 && rows[0] == rows[1])
    #expect(run.text.contains("of the recorded kernel's own (\(form))") == ["v33-oops", "sc5-overlap"].contains(name))
  }

  // Taken for what it was not, said so: v6.9 has no wait, so that seanjc-5's count as its threads' delays.
  @Test func aKernelThatIsTakenForAnother() throws {
    let trace = PatchedKernel.path("sc5-overlap")
    _ = try Invocation([trace, "--kernel", "v6.9", "--db", "trace.db"], in: folder)
    let run = try Invocation(["compare", "trace.db", "--protocol", "v6.9"], in: folder)
    #expect(run.text.contains("The recorded kernel did not run v6.9 (line 1625 refutes it)"))
  }

  // How much the figures are of stands above them.
  @Test func whatWasLeftOutStandsFirst() throws {
    let run = try compare("storm-lossy", "--protocol", "v6.9")
    let line = try #require(run.text.split(separator: "\n").first)
    #expect(
      line.wholeMatch(
        of:
          #/excluded: .+ \(lost_events\).*, \d+ of \d+ refreshes \(\d+\.\d\d %\), [\d,]+ of [\d,]+ rounds \(\d+\.\d\d %\)/#
      ) != nil)
    let compared = try query("SELECT refresh_count, round_count FROM form_cost WHERE id = 0")
    let all = try query("SELECT count(*), sum(round_count) FROM refresh")
    #expect(compared != all)
  }

  /// 127 years between two tests, twice: sums and differences in percent leave 63 bits.
  @Test func timesThatLieACenturyApart() throws {
    let refresh = try CorpusTrace("spun-for-others").lines
    func run(_ second: String) throws -> Invocation {
      let lines = refresh.enumerated().map { place, line in
        place < refresh.count / 2 ? line : line.replacing(#/] +[0-9]+\./#) { _ in "] \(second)." }
      }
      let text = try folder.write("trace.txt", (lines + lines.dropFirst()).joined(separator: "\n") + "\n")
      return try Invocation(["compare", text.path, "--db", "trace.db", "--force", "--clock", "mono"], in: folder)
    }
    for second in ["4000000000", "4611686017"] {
      let compared = try run(second)
      #expect(compared.signal == 0 && compared.status == 0 && compared.errorText == "")
      #expect(compared.text.contains("v6.9"))
    }
  }

  @Test func aResolutionOfNoRecording() throws {
    #expect(try compare("quiet").status == 0)
    let tables = HostileTable.all(of: folder.file("trace.db").path)
    try #require(HostileEdits("trace", "resolution_ns", allRows: .max, tables)).apply(
      to: folder.file("trace.db").path, tables)
    for verb in ["compare", "replay", "explore"] {
      let run = try Invocation([verb, "trace.db"], in: folder)
      #expect(run.status == 2 && run.signal == 0 && run.text == "")
      #expect(run.errorText.contains("damaged") && run.errorText.contains("9223372036854775807"))
    }
  }

  @Test func json() throws {
    let run = try compare("quiet", "--json", "--protocol", "seanjc-5,v6.9")
    #expect(run.status == 0)
    #expect(run.text.contains("\"form\" : \"seanjc-5\"") && run.text.contains("\"is_modelled\" : false"))
  }
}
