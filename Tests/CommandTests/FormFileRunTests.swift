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
    base = "v6.9"
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
    let run = try run("explore", "--scenario", "no-memslot", "--protocol", "./my.toml")
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
    ("", "there is no [[form]] in it"), ("[[form]", "it is malformed"),
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

  @Test func noFile() throws {
    #expect(try run("explore", "--scenario", "cold", "--protocol", "./none.toml").status == 2)
    #expect(try run("explore", "--scenario", "cold", "--protocol", "./").errorText.contains("is a directory"))
    #expect(try run("explore", "--scenario", "cold", "--protocol", "none").status == 64)
  }
}
