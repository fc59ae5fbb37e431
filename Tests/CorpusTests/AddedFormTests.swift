// `corpus bless --form`: a column for a form that cases expect nothing of.

import Corpus
import Foundation
import RealBinary
import Testing

@Suite struct AddedFormTests {
  /// traces/missed/contract without what it expects of a form.
  private func corpus(without forms: String...) throws -> OwnCorpus {
    let corpus = OwnCorpus()
    try corpus.add("lacking", copyOf: "contract") { text in
      for form in forms {
        text = text.replacing("\"\(form)\", ", with: "").replacing(", \"\(form)\"", with: "")
      }
    }
    return corpus
  }

  private func text(_ corpus: OwnCorpus) throws -> String {
    try String(contentsOf: corpus.file("lacking/case.toml"), encoding: .utf8)
  }

  @Test func absentColumnIsAddedAndNothingElseChanges() throws {
    let corpus = try corpus(without: "itazur-2", "dwmw2-v2")
    #expect(try corpus.run("run", "traces", "--db", ":memory:").text.contains("expects nothing of dwmw2-v2, itazur-2"))
    let before = try text(corpus)
    let bless = try corpus.run("bless", "traces", "--form", "dwmw2-v2")
    #expect(bless.status == 1, "\(bless.errorText)")
    let added = try text(corpus)
    let lines = Blessing.difference(from: before, to: added).filter { !$0.hasPrefix(" ") && $0 != "@@" }
    #expect(
      lines.filter { $0 != "+" } == [
        "+[[expect]]", "+forms = [\"dwmw2-v2\"]", "+verdict = \"contract+stale\"",
        "+reason = \"UNPROVED: blessed as gpc-replay found it; say here why it is right\"",
      ])
    #expect(try corpus.run("bless", "traces", "--form", "itazur-2").status == 1)
    #expect(try corpus.run("run", "traces", "--db", ":memory:").status == 0)
  }

  /// What is expected is wrong, and stays: only `bless` without a form replaces it.
  @Test func presentColumnIsRefused() throws {
    let corpus = OwnCorpus()
    try corpus.add("lacking", copyOf: "contract") { text in
      text = text.replacing("verdict = \"contract+stale\"", with: "verdict = \"stale\"")
    }
    let before = try text(corpus)
    let bless = try corpus.run("bless", "traces", "--form", "dwmw2-v2")
    #expect(bless.status == 2)
    #expect(bless.text == "left as it is: topic/lacking expects something of dwmw2-v2\n")
    #expect(try text(corpus) == before)
  }

  @Test func formOfAFileIsRefused() throws {
    let corpus = try corpus(without: "itazur-2")
    try Data("from = \"v6.9\"\n".utf8).write(to: corpus.folder.file("my.toml"))
    let bless = try corpus.run("bless", "traces", "--form", "my.toml")
    #expect(bless.status == 64)
    #expect(bless.errorText.contains("my is no published form, and a case expects something of published forms only."))
  }
}
