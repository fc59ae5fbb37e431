// What is given up to keep memory and time bounded is given up honestly: nothing is said that the whole does not say.

import EvidenceParts
import Replay
import Testing

@Suite("Giving up is a loss of evidence")
struct GivenUpTests {
  /// Before the event after each start hook, where another one is open; and after 256 events, where the rest is not judged.
  enum Bound: Sendable, CaseIterable {
    case everyInvalidation, everySecond, third, memory
  }

  @Test(
    "Nothing is said beside a bound that is not said without it", arguments: EvidenceRecording.small, Bound.allCases)
  func isMonotone(_ recording: EvidenceRecording, _ bound: Bound) throws {
    let monotony = try Monotony(try recording.whole)
    let whole = monotony.judge.recording
    var options = whole.options
    switch bound {
    case .everyInvalidation: options.openInvalidationsMax = 0
    case .everySecond: options.openInvalidationsMax = 1
    case .third: options.openInvalidationsMax = 2
    case .memory: options.memoryMax = Replayer.reservedBytes
    }
    let judged = try monotony.judge.judge(whole.events, options)
    let contradictions = monotony.contradictions(of: judged, Removal())
    #expect(contradictions.isEmpty, "\(contradictions.map { "\($0)" }.joined(separator: "\n"))")
    // Few recordings have several open; all have one, and 256 events.
    if bound == .everyInvalidation || bound == .memory { #expect(judged.status == .incomplete) }
  }
}
