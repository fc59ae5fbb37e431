// Descriptions, to TOML and back.

import Corpus
import Forms
import Foundation
import GPCProtocol
import RealBinary
import Report
import Testing

@Suite struct DescriptionTests {
  private static let example = CaseDescription(
    title: "A \"quoted\" title, C:\\",
    text: "Two lines,\n\"\"\"three quotes\"\"\" and a \\ backslash, \u{1f}\n",
    origin: CaseDescription.Origin(
      kind: .made, kernel: "6.12", rendering: "trace-cmd report -t", clock: "local", probes: "linux_6_12",
      licence: "CC0-1.0", sources: ["a mail", "another"]),
    reading: CaseDescription.Reading(clock: "global", allowTruncated: true),
    search: CaseDescription.Search(delta: "inf", memory: "tso", statesMax: 5),
    expectations: [
      CaseDescription.Expectation(
        forms: ["recorded"] + ProtocolForm.all.map(\.id),
        verdict: CellVerdict([.init(.stale, isPossible: true), .init(.contract)], otherwise: .clean),
        reason: "because\nof two lines")
    ],
    counts: [
      CaseDescription.Counts(origin: "by hand", figures: [.init("event gpc_check", 3), .init("events", 4)]),
      CaseDescription.Counts(origin: "by hand", form: "v6.9", figures: [.init("widened", 1)]),
    ])

  @Test func readsWhatItWrites() throws {
    #expect(try CaseDescription(toml: Self.example.toml) == Self.example)
  }

  @Test(arguments: [
    "contract", "contract+stale", "possible-stale", "contract+possible-stale+deadlock+spins+divergence+excessive_retry",
    "clean",
    "truncated", "unknown", "incomplete",
  ]) func verdictsAsTheyAreWritten(text: String) {
    #expect(CellVerdict(text)?.description == text)
  }

  @Test(arguments: ["", "stale+contract", "stale+stale", "stale+", "clean+stale", "Stale", "possible-clean"])
  func noVerdicts(text: String) {
    #expect(CellVerdict(text) == nil)
  }

  /// docs/corpus.md has every figure's name, each list in order.
  @Test func figuresAreDocumented() throws {
    let text = try String(contentsOf: CorpusTrace.root.appending(path: "docs/corpus.md"), encoding: .utf8)
    let words = text.split(whereSeparator: \.isWhitespace)
    for names in [CaseFigure.recordedNames, CaseFigure.modelledNames] {
      #expect(words.contains(names.map { Substring($0) }), "\(names)")
    }
    #expect(text.contains("`event NAME`"))
  }

  @Test func differencesOfLines() {
    let lines = Blessing.difference(from: "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n", to: "a\nX\nc\nd\ne\nf\ng\nh\ni\nj\nk\n")
    #expect(lines == [" a", "-b", "+X", " c", " d", "@@", " i", " j", "+k", " "])
  }
}
