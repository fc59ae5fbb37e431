// Monotone evidence (rule 19): what is said of a part of a recording is said of the whole.

import EvidenceParts
import Foundation
import RealBinary
import Testing

@Suite("Monotone evidence")
struct MonotonyTests {
  private static let seed: UInt64 = 1

  /// 300 subsets of the probes, 300 gaps, 100 heads and 100 tails of each recording.
  private static func count(of kind: PartKind) -> Int {
    switch kind {
    case .probes, .points, .subsets, .gaps: 300
    case .heads, .tails: 100
    case .mixed: 40
    case .rings: 20
    }
  }

  @Test("Nothing is said of a part that is not said of the whole", arguments: EvidenceRecording.small)
  func isMonotone(_ recording: EvidenceRecording) throws {
    let monotony = try Monotony(try recording.whole)
    var reported: Set<Contradiction.Class> = []
    for kind in PartKind.allCases {
      for removal in kind.removals(from: monotony.judge.recording, count: Self.count(of: kind), seed: Self.seed) {
        for contradiction in monotony.contradictions(without: removal)
        where reported.insert(contradiction.kind).inserted {
          let breach = Breach(whole: monotony.judge.recording, removal: removal, contradiction: contradiction)
          try report(breach, of: recording, kind)
        }
      }
    }
  }

  /// The first of its class, made small, as a fixture of `Breaches/` would be.
  private func report(_ breach: Breach, of recording: EvidenceRecording, _ kind: PartKind) throws {
    let small = try Shrinking.shrink(breach)
    let text = small.description(origin: "\(recording.name), \(kind.rawValue), seed \(Self.seed)")
    let folder = CorpusTrace.root.appending(
      path: ".build/evidence/\(recording.name)/\(small.contradiction.kind.fileName)")
    try BreachText(small, input: recording.input).write(text, to: folder.path)
    Issue.record("\(text)\nwritten to \(folder.path)")
  }

  @Test("Every recording here has something to lose", arguments: EvidenceRecording.small)
  func recordingsSaySomething(_ recording: EvidenceRecording) throws {
    let judged = try Monotony(try recording.whole).whole
    #expect(judged.tests(.agrees) + judged.checks(.agrees) > 0)
  }
}
