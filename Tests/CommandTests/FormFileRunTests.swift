// Forms of a user's own, through the binary.

import Foundation
import RealBinary
import Testing

@Suite struct FormFileRunTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ toml: String) throws { _ = try folder.write("my.toml", toml) }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  private static let everySeq = """
    [[form]]
    id = "every-seq"
    from = "v6.9"
    title = "v6.9, the seq bumped whether or not a memslot overlaps"
    source = "virt/kvm/kvm_main.c, v7.3, as far as the rules go"
    rules.seq_needs_memslot = false

    """

  // By hand: the end hook bumps the seq before it lowers the count, so no invalidation comes and goes unseen between
  // lookup and test.
  @Test func aFormIsSearchedBesideThePublishedOnes() throws {
    try write(Self.everySeq)
    let run = try run("explore", "--scenario", "no-memslot", "--protocol", "v6.9,my.toml")
    #expect(run.status == 1 && run.errorText == "")
    #expect(run.text.contains("v6.9 in no-memslot: stale\n"))
    #expect(run.text.contains("\nevery-seq in no-memslot: clean under sequential consistency\n"))
  }

  @Test func theCommandThatShowsItAgainWorks() throws {
    try write("[[form]]\nid = \"mine\"\ntitle = \"mainline\"\nsource = \"here\"\n")
    // As wide as a shell has it.
    let arguments = ["explore", "--scenario", "no-memslot", "--protocol", "./my.toml"]
    let run = try Invocation(arguments, in: folder, columns: nil)
    let again = try #require(run.text.split(separator: "\n").last { $0.hasPrefix("Again:") })
    let command = again.drop { $0 != ":" }.dropFirst()
    #expect(try Invocation(shell: String(command), in: folder.url).text == run.text)
  }

  @Test func compareDrivesIt() throws {
    try write(Self.everySeq)
    let run = try run("compare", CorpusTrace("quiet").trace.path, "--protocol", "my.toml,v6.9")
    #expect(run.status == 0 && run.errorText == "")
    let rows = run.text.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    let wanted: [Substring] = ["recorded", "v6.9", "every-seq"]
    #expect(Array(rows.filter { wanted.contains($0) }.prefix(3)) == wanted)
  }

  @Test(arguments: [
    ("", "there is neither a form nor a [[form]] in it"), ("[[form]", "it is malformed"),
    ("[[form]]\nid = \"mainline\"\ntitle = \"\"\nsource = \"\"\n", "'mainline' cannot be the id of a form"),
    ("[[form]]\nid = \"a\"\ntitle = \"\"\nsource = \"\"\nrules.wait = 1\n", "the rule wait of a is none of \"none\""),
  ])
  func whatIsWrongIsOneSentence(_ toml: String, _ sentence: String) throws {
    try write(toml)
    for arguments in [["explore", "--scenario", "cold"], ["compare", CorpusTrace("quiet").trace.path]] {
      let run = try Invocation(arguments + ["--protocol", "my.toml"], in: folder)
      #expect(run.status == 2 && run.text == "")
      #expect(run.errorText.hasPrefix("gpc-replay: my.toml is no file of forms: ") && run.errorText.contains(sentence))
      #expect(run.errorText.split(separator: "\n").count == 1)
      #expect(try folder.names == ["my.toml"])
    }
  }

  // MARK: Recordings of patched kernels, each by the form that was built into it

  /// The patch of 2024-08-20 told from v6.9, as docs/forms.md does it.
  private static let v2 = """
    from = "v6.9"
    rules.has_needs_invalidation = true
    rules.walk.place = "end-hook-before-count"
    rules.walk.test = "needs-invalidation"
    rules.range = "reset-at-zero"
    rules.snapshot = "none"
    rules.wait = "queue-before-relock"
    rules.retry.reads_flag = true
    rules.retry.in_flight = "unread"
    rules.retry.reads_seq = false

    """

  /// `nocount-overlap` (Kernels/README.md): 6.12 with one line taken out of the retry test. No published form has that,
  /// and each is refuted; the count of tests is that of gpc_retry_check in the text.
  @Test func aKernelThatNobodyPublished() throws {
    try write("from = \"v6.9\"\nrules.retry.in_flight = \"unread\"\n")
    let path = PatchedKernel.path("nocount-overlap")
    let judged = try run("run", path, "--form", "my.toml", "--db", "t.db")
    #expect(judged.status == 1 && judged.errorText == "")
    #expect(judged.text.contains("\n  agrees with my: 146 of 146 tests\n"))
    #expect(judged.text.contains("divergences are from my: as --form says"))
    #expect(!judged.text.contains("divergence, certain"))
    // By v6.9 the same recording is full of them.
    let other = try run("run", path, "--form", "v6.9", "--db", "u.db")
    #expect(other.text.contains("divergence"))
    // The database keeps the form's name, not the form.
    let compared = try run("compare", "t.db")
    #expect(compared.status == 2 && compared.errorText.contains("was replayed by the form 'my' of a file"))
    #expect(try run("compare", "t.db", "--kernel", "my.toml", "--form", "my.toml").status == 0)
  }

  @Test func theSeedOfTheThread() throws {
    try write(Self.v2)
    for name in ["v2-gap", "v1-gap"] {
      let judged = try run("run", PatchedKernel.path(name), "--form", "my.toml", "--db", ":memory:")
      #expect(judged.text.contains("agrees with dwmw2-v1, dwmw2-v2, dwmw2-v3.4 and my"))
      #expect(!judged.text.contains("divergence, "))
    }
    try write("from = \"seanjc-4\"\nrules.wait = \"queue-before-snapshot\"\n")
    let last = try run("run", PatchedKernel.path("sc5-overlap"), "--form", "my.toml", "--db", ":memory:")
    #expect(last.text.contains("seanjc-5 and my") && !last.text.contains("divergence, "))
  }

  // MARK: What `protocols` prints

  @Test func aFileToStartFrom() throws {
    try write(try run("protocols", "--toml", "seanjc-3").text)
    #expect(try run("protocols", "--diff", "seanjc-3", "my.toml").text.contains("the same in both: "))
    #expect(!(try run("protocols", "--diff", "seanjc-3", "my.toml").text.contains("<")))
    let program = try run("protocols", "my.toml")
    let builtIn = try run("protocols", "seanjc-3")
    #expect(program.status == 0)
    #expect(program.text.split(separator: "\n").dropFirst() == builtIn.text.split(separator: "\n").dropFirst())
  }

  @Test func programsSideBySide() throws {
    let lines = try run("protocols", "--diff", "v6.9", "seanjc-2").text.split(separator: "\n")
    #expect(lines.contains { $0.contains("<") && $0.contains("refresh.snapshot") })
    #expect(lines.contains { $0.contains(">  wait.spinCount  reads mn_active_invalidate_count") })
    #expect(try run("protocols", "--diff", "v6.9").status == 64)
    #expect(try run("protocols", "v6.9", "--rules").status == 64)
    let several = try ["v6.9,v7.3", "v6.9 v7.3"].map { try run("protocols", $0).text }
    #expect(try several == Array(repeating: run("protocols", "v6.9", "v7.3").text, count: 2))
    #expect(try several[0] == run("protocols", "v6.9").text + "\n" + run("protocols", "v7.3").text)
  }

  @Test func whatRulesThereAre() throws {
    let text = try run("protocols", "--rules").text
    #expect(text.contains("rules.retry.in_flight\n    \"unread\" "))
    #expect(text.contains("  * \"count\" ") && text.contains("retry if (mn_active_invalidate_count)\n"))
  }

  // MARK: Beside the published ones

  @Test func theMatrixNamesIt() throws {
    try write("from = \"v6.9\"\n")
    let run = try run("matrix", "--form", "v6.9,my.toml", "--states-max", "100", "--json")
    // So few states are not all there are.
    #expect(run.status == 3)
    struct Document: Decodable {
      struct Form: Decodable { let id: String }
      let isComplete: Bool
      let forms: [Form]
      enum CodingKeys: String, CodingKey {
        case isComplete = "is_complete"
        case forms
      }
    }
    let document = try JSONDecoder().decode(Document.self, from: run.output)
    #expect(document.forms.map(\.id) == ["v6.9", "my"] && !document.isComplete)
  }

  /// The case tells nothing of it, so nothing can differ: `contract` of dwmw2-v2 is that case's own.
  @Test func theCorpusShowsWhatItDoes() throws {
    try write(Self.v2)
    let contract = CorpusTrace("contract").folder.path
    let run = try run("corpus", "run", contract, "--form", "v6.9,my.toml", "--db", "c.db")
    #expect(run.status == 0 && run.errorText == "")
    let line = run.text.split(separator: "\n").first { $0.contains("contract ") }
    #expect(line?.split(separator: " ").suffix(3) == ["Cx", ".", "CS"])
    #expect(try self.run("query", "c.db", "SELECT count(*) FROM difference", "--csv").text.contains("\n0"))
  }

  // MARK: No file of forms

  @Test func tooLarge() throws {
    try write("")
    let handle = try FileHandle(forWritingTo: folder.file("my.toml"))
    try handle.truncate(atOffset: 100 << 20)
    try handle.close()
    let run = try run("explore", "--scenario", "cold", "--form", "my.toml")
    #expect(run.status == 2 && run.errorText == "gpc-replay: my.toml is no file of forms: it is too large.\n")
  }

  @Test func noFile() throws {
    #expect(try run("explore", "--scenario", "cold", "--protocol", "./none.toml").status == 2)
    #expect(try run("explore", "--scenario", "cold", "--protocol", "./").errorText.contains("is a directory"))
    #expect(try run("explore", "--scenario", "cold", "--protocol", "none").status == 64)
  }
}
