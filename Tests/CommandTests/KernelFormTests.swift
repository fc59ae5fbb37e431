// Which form a recorded kernel ran, with the real binary: recordings of patched kernels, and of the corpus.

import RealBinary
import Testing

@Suite struct KernelFormTests {
  /// A recording, the forms that agree with all of it, and the first event against some others, all counted by a program
  /// of its own (the forms by what was built into the kernel, too).
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

  private static func path(_ name: String) -> String {
    CorpusTrace.root.appending(path: "Tests/CommandTests/Kernels/\(name).txt.zst").path
  }

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

  /// What divergences are from is asked for; the forms are asked all the same, and `contract` and `stale` do not depend on
  /// it: three checks in contract windows, and the accepted error pfn of lines 1833 to 1904, after which the kernel oopsed.
  @Test func kernelChoosesWhatDivergencesAreFrom() throws {
    let findings = "SELECT kind, count(*) FROM finding GROUP BY kind"
    #expect(try forms([Self.path("v33-oops")], findings) == ["contract,3", "divergence,7", "stale,1"])
    let arguments = [Self.path("v33-oops"), "--kernel", "dwmw2-v3.3"]
    #expect(try forms(arguments, findings) == ["contract,3", "stale,1"])
    #expect(try forms(arguments, Self.agreeing) == ["dwmw2-v3.3"])
  }

  @Test(arguments: [
    (["--kernel", "nix"], "The value 'nix' is invalid"), (["--kernel", "v6.9,v7.3"], "--kernel takes one form."),
  ])
  func kernelThatIsNone(_ arguments: [String], _ sentence: String) throws {
    let run = try Invocation([Self.path("v1-gap")] + arguments, in: TemporaryFolder())
    #expect(run.status == 64 && run.text == "" && run.errorText.contains(sentence))
  }
}
