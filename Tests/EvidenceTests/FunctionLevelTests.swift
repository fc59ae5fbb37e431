// Function level is strong (rule 18): entries and returns of functions decide nearly all that points inside them do.

import EvidenceParts
import KVMEvents
import Testing

@Suite("Function level is strong")
struct FunctionLevelTests {
  /// A recording with every probe, the retry tests that it forces, and how many of them are forced at function level.
  /// Both were counted by tools/evidence.d/function_level.py, which shares nothing with the replay but the rules.
  struct Counted: Sendable, CustomTestStringConvertible {
    let recording: EvidenceRecording
    let forced: Int
    let atFunctionLevel: Int
    var heldBack = 0
    var testDescription: String { recording.name }
  }

  static let counted = [
    Counted(recording: EvidenceRecording(corpus: "unrelated"), forced: 1473, atFunctionLevel: 1449),
    Counted(recording: EvidenceRecording(corpus: "overlap"), forced: 2162, atFunctionLevel: 2113),
    Counted(recording: EvidenceRecording(corpus: "storm"), forced: 45, atFunctionLevel: 45),
    Counted(recording: EvidenceRecording(corpus: "odd-comms"), forced: 1553, atFunctionLevel: 1540),
    Counted(recording: EvidenceRecording(corpus: "two-vms"), forced: 1015, atFunctionLevel: 1012),
    Counted(recording: EvidenceRecording(corpus: "one-mm-two-vms"), forced: 559, atFunctionLevel: 556),
    Counted(recording: EvidenceRecording(corpus: "61xen-overlap"), forced: 2140, atFunctionLevel: 2134),
    // A cut from the middle: the count of the program takes what may be hidden at its beginning for absent, the replay
    // does not.
    Counted(recording: hvaEnd, forced: 311, atFunctionLevel: 305, heldBack: 2),
  ]
  static let hvaEnd = EvidenceRecording("FunctionLevel/6.12-hva-end", .mono)

  @Test("Of the tests and checks that all probes force, nearly all are forced, and none otherwise", arguments: counted)
  func forcesNearlyAll(_ counted: Counted) throws {
    let level = try FunctionLevel(Monotony(try counted.recording.whole))
    #expect(level.tests.forced >= counted.forced)
    #expect(level.tests.stillForced >= counted.atFunctionLevel - counted.heldBack)
    #expect(level.tests.otherwise == 0)
    #expect(level.checks.stillForced * 100 >= level.checks.forced * 98)
    #expect(level.checks.otherwise == 0)
    #expect(level.contradictions.map(\.kind) == [])
  }

  @Test("The certain stale page of a stock kernel is found, at the first check after it")
  func findsCertainStale() throws {
    let level = try FunctionLevel(Monotony(try Self.hvaEnd.whole))
    let certain = level.part.findings(.stale).filter(\.isCertain)
    // Line 5956 is the test of the round that accepts the page, 5961 the return of the cache's first check behind it.
    #expect(certain.map { WholeRecording.place(of: $0.event) } == ["5961"])
    #expect(level.part.findings(.divergence).isEmpty)
  }

  @Test("An error pfn that was accepted in a round without a lookup cannot be seen")
  func doesNotSeeRoundWithoutLookup() throws {
    let monotony = try Monotony(try EvidenceRecording("Recordings/dwmw2-v3.3-oops", .mono).whole)
    #expect(monotony.whole.findings(.stale).count == 1)
    #expect(try FunctionLevel(monotony).part.findings(.stale).isEmpty)
  }

  /// A recording without any point inside a function. Its retry tests were counted by function_level.py.
  static let real = [
    (EvidenceRecording("FunctionLevel/6.18-hva", .mono), 1882),
    (EvidenceRecording("FunctionLevel/6.16-unrelated", .local), 2173),
  ]

  @Test("Retry tests of recordings without points inside functions are judged, and agree", arguments: real)
  func judgesRecordedFunctionLevel(_ recording: EvidenceRecording, forced: Int) throws {
    let judged = try Monotony(try recording.whole).whole
    #expect(judged.tests(.agrees) >= forced)
    #expect(judged.tests(.disagrees) == 0)
    #expect(judged.findings(.divergence).isEmpty)
    #expect(judged.findings(.contract).isEmpty)
  }

  @Test("A healthy run has no finding")
  func findsNothingInHealthyRun() throws {
    let judged = try Monotony(try EvidenceRecording("FunctionLevel/6.16-unrelated", .local).whole).whole
    #expect(judged.findings(.stale).isEmpty)
  }

  @Test("Of seven stale pages those four are certain that user space saw: three by the next lookup")
  func findsWhatUserSpaceSaw() throws {
    let judged = try Monotony(try EvidenceRecording("FunctionLevel/6.18-hva", .mono).whole).whole
    let stale = judged.findings(.stale)
    #expect(stale.count == 7)
    // The starts of the invalidations whose page the workload then missed a bit in, by line.
    let seen = [11272, 11534, 12335, 20216].map { EventID($0) * WholeRecording.idStep }
    for finding in stale {
      #expect(finding.isCertain == seen.contains { finding.proof.contains($0) }, "\(finding.proof)")
    }
    #expect(stale.filter(\.isCertain).count == seen.count)
  }
}
