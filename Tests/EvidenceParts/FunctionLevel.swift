// How much of what a full recording forces is still forced at function level (rule 18 of docs/evidence.md).

import KVMEvents
import Results

/// The points inside functions taken away, and what is left of the decisions.
package struct FunctionLevel: Sendable {
  /// Decisions that the full recording forces, and what became of them.
  package struct Share: Sendable {
    package var forced = 0
    package var stillForced = 0
    package var otherwise = 0

    package var percent: Double { forced == 0 ? 100 : 100 * Double(stillForced) / Double(forced) }
  }

  package private(set) var tests = Share()
  package private(set) var checks = Share()
  package let part: Judgement
  package let contradictions: [Contradiction]

  /// Points that exist only where somebody found offsets for that very build of the kernel.
  static let points: Set<EventKind> = [.gpcRetryLoop, .gpcRetryCheck, .gpcRefreshDone, .mnInvalidateEndKvm]

  package static func removal(from recording: WholeRecording) -> Removal {
    var removal = Removal()
    removal.probes = Set(
      recording.probes.filter { name in recording.names[Int(name)].kind.map(points.contains) ?? false })
    return removal
  }

  package init(_ monotony: Monotony) throws {
    let whole = monotony.whole
    let removal = Self.removal(from: monotony.judge.recording)
    part = try monotony.judge.judge(removal)
    contradictions = monotony.contradictions(of: part, removal)
    // There is no event of the test: its round is known by its lookup.
    let rounds = Dictionary(
      part.rounds.compactMap { row in row.lookup.map { ($0, row) } }, uniquingKeysWith: { first, _ in first })
    for row in whole.rounds {
      guard let lookup = row.lookup else { continue }
      tests.count(row.decision, rounds[lookup]?.decision)
    }
    let checksOfPart = Dictionary(part.checks.map { ($0.entry, $0) }, uniquingKeysWith: { first, _ in first })
    for row in whole.checks { checks.count(row.decision, checksOfPart[row.entry]?.decision) }
  }
}

extension FunctionLevel.Share {
  fileprivate mutating func count(_ whole: Decision?, _ part: Decision?) {
    guard whole == .agrees || whole == .disagrees else { return }
    forced += 1
    guard part == .agrees || part == .disagrees else { return }
    stillForced += 1
    if part != whole { otherwise += 1 }
  }
}
