// What holds for every case of `traces/`.

import Corpus
import Forms
import Foundation
import GPCProtocol
import RealBinary
import Testing

@Suite struct HygieneTests {
  @Test(arguments: CorpusTrace.all) func hasProvenance(trace: CorpusTrace) throws {
    let description = try trace.corpusCase.description()
    let origin = description.origin
    #expect(!description.title.isEmpty && !description.text.isEmpty && !origin.licence.isEmpty)
    switch origin.kind {
    case .recording: #expect(origin.recording != nil && origin.command != nil && origin.lines == nil)
    case .cut: #expect(origin.recording != nil && origin.command != nil && origin.lines != nil)
    case .made: #expect(origin.recording == nil && origin.command == nil && origin.lines == nil)
    }
    if trace.description.hasPrefix("history/") { #expect(!(origin.sources ?? []).isEmpty, "a public source is wanted") }
  }

  @Test(arguments: CorpusTrace.all) func everyExpectationHasAReason(trace: CorpusTrace) throws {
    let description = try trace.corpusCase.description()
    for expectation in description.expectations {
      #expect(expectation.reason.count > 20 && !expectation.reason.hasPrefix(Blessing.mark), "\(expectation)")
    }
    for counts in description.counts { #expect(!counts.origin.hasPrefix(Blessing.mark) && !counts.figures.isEmpty) }
    #expect(!description.counts.isEmpty)
  }

  /// What `bless` and `add` write differs from what stands there only where it says something else.
  @Test(arguments: CorpusTrace.all) func isInCanonicalForm(trace: CorpusTrace) throws {
    #expect(try trace.corpusCase.description().toml == trace.corpusCase.descriptionText())
  }

  @Test(arguments: CorpusTrace.all) func isSmallAndHoldsNothingElse(trace: CorpusTrace) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: trace.folder.path).sorted()
    #expect(names == ["case.toml", trace.trace.lastPathComponent])
    let bytes = try names.reduce(0) { try $0 + Data(contentsOf: trace.folder.appending(path: $1)).count }
    #expect(bytes <= 256 << 10)
  }

  /// At least half were recorded by a real kernel.
  @Test func fortyCasesHalfOfThemReal() throws {
    let kinds = try CorpusTrace.all.map { try $0.corpusCase.description().origin.kind }
    #expect(kinds.count >= 40)
    #expect(2 * kinds.count { $0 != .made } >= kinds.count)
    #expect(Set(CorpusTrace.all.map(\.name)).count == kinds.count, "two cases have one name")
  }

  /// Of two neighbours in a topic, some form tells one from the other: by its verdict, or by what was counted of it.
  @Test func someFormTellsNeighboursApart() throws {
    let byTopic = Dictionary(grouping: CorpusTrace.all) { $0.description.split(separator: "/")[0] }
    for (_, cases) in byTopic {
      for (left, right) in zip(cases, cases.dropFirst()) {
        let (a, b) = (try left.corpusCase.description(), try right.corpusCase.description())
        let forms = [CaseDescription.recorded] + ProtocolForm.all.map(\.id)
        let isToldByVerdict = forms.contains { a.expectation(of: $0)?.verdict != b.expectation(of: $0)?.verdict }
        #expect(isToldByVerdict || Self.decisions(a) != Self.decisions(b), "\(left) and \(right)")
      }
    }
  }

  /// The figures of a form's decisions; how many events a recording has tells no form apart.
  private static func decisions(_ description: CaseDescription) -> Set<String> {
    Set(
      description.counts.flatMap { counts in
        counts.figures.filter { counts.form != nil || Self.ofDecisions($0.name) }.map {
          "\(counts.form ?? ""): \($0.name) \($0.value)"
        }
      })
  }

  private static func ofDecisions(_ name: String) -> Bool {
    ["rounds", "tests_", "repeated_", "checks_", "contract", "stale_", "divergence", "excessive"].contains {
      name.hasPrefix($0)
    }
  }
}
