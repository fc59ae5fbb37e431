// `compare` with the real binary: recordings of the corpus, and what it cannot be asked.

import RealBinary
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
    let run = try compare("quiet", "--protocol", "mainline,dwmw2-v9")
    #expect(run.status == 64 && run.text == "")
    #expect(run.errorText.contains("'mainline,dwmw2-v9' is invalid") && run.errorText.contains("dwmw2-v3.4"))
    #expect(try folder.names.isEmpty)
  }

  // The model of the recorded kernel's form makes every round that the kernel made, to the nanosecond.
  @Test(arguments: ["unrelated", "lifecycle", "two-vms", "one-mm-two-vms", "quiet"]) func agrees(name: String) throws {
    let run = try compare(name, "--protocol", "mainline")
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
    #expect(try query("SELECT count(*) FROM form_cost") == ["14"])
  }

  // Without the probes of the retry loop nothing is concluded; nothing is made up, either.
  @Test func withoutRetryProbes() throws {
    let run = try compare("defnames2-overlap")
    #expect(run.status == 3 && run.text.contains("nothing to compare"))
    #expect(run.text.contains("left out: ") && run.text.contains("windows of the recording"))
    #expect(try query("SELECT sum(refresh_count) FROM form_cost") == ["0"])
  }

  @Test func lossy() throws {
    let run = try compare("storm-lossy")
    #expect(run.status == 0 && run.text.contains("(lost_events)"))
    #expect(try query("SELECT count(*) > 0 FROM left_out_window") == ["1"])
  }

  @Test func json() throws {
    let run = try compare("quiet", "--json", "--protocol", "seanjc-5,mainline")
    #expect(run.status == 0)
    #expect(run.text.contains("\"form\" : \"seanjc-5\"") && run.text.contains("\"is_modelled\" : false"))
  }
}
