// The parts themselves: what is taken away looks as if it had never been recorded.

import EvidenceParts
import Foundation
import KVMEvents
import RealBinary
import Testing

@Suite("Parts of recordings")
struct PartTests {
  /// Every kind but an overwritten ring, whose head trace-cmd has no line for.
  private static let kinds = PartKind.allCases.filter { $0 != .rings && $0 != .mixed }
  private static let recordings = EvidenceRecording.small.filter { $0.name != "dwmw2-v3.3-oops" }

  /// A part's text in a file of its own.
  private func written(_ removal: Removal, of recording: EvidenceRecording, _ whole: WholeRecording) throws
    -> TemporaryFolder
  {
    let nothing = Contradiction(kind: .notJudged, events: [], text: "")
    let breach = Breach(whole: whole, removal: removal, contradiction: nothing)
    let folder = try TemporaryFolder()
    try BreachText(breach, input: recording.input).write("", to: folder.url.path)
    return folder
  }

  @Test(
    "The real reader delivers the same events from a text without these lines and with the markers",
    arguments: recordings)
  func readsAsTaken(_ recording: EvidenceRecording) throws {
    let whole = try recording.whole
    for kind in Self.kinds {
      for removal in kind.removals(from: whole, count: 6, seed: 3).prefix(30) {
        let part = removal.applied(to: whole)
        guard part.contains(where: { $0.kind != .lostEvents }) else { continue }
        let folder = try written(removal, of: recording, whole)
        let read = try WholeRecording(.file(path: folder.file("part.txt").path), name: "part").events
        #expect(part.map(Seen.init) == read.map(Seen.init), "\(removal.description(in: whole))")
      }
    }
  }

  /// What the replay sees of an event, its id but for the order.
  private struct Seen: Equatable {
    let kind: EventKind
    let time: TraceTimestamp
    let cpu: Int32
    let pid: Int32
    let values: [UInt64?]

    init(_ event: RecordedEvent) {
      kind = event.kind
      time = event.time
      cpu = event.cpu
      pid = event.pid
      values = EventField.allCases.map { event[$0] }
    }
  }

  @Test("A part is judged as gpc-replay judges its text", arguments: recordings)
  func judgedAsByBinary(_ recording: EvidenceRecording) throws {
    let whole = try recording.whole
    let judge = try PartJudge(whole)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    for kind in Self.kinds {
      for removal in kind.removals(from: whole, count: 2, seed: 4).prefix(2) {
        guard removal.applied(to: whole).contains(where: { $0.kind != .lostEvents }) else { continue }
        let folder = try written(removal, of: recording, whole)
        let run = try Invocation(
          ["part.txt", "--db", ":memory:", "--json", "--clock", recording.clock.rawValue, "--kernel", "v6.9"],
          in: folder)
        guard let judged = try? judge.judge(removal) else {
          #expect(run.status == 2, "what cannot be judged here cannot be read there")
          continue
        }
        let report = try decoder.decode(ReportOfPart.self, from: run.output)
        let description = removal.description(in: whole)
        #expect(report.verdict.status == judged.status.rawValue, "\(description)")
        #expect(report.findingCounts.reduce(0) { $0 + $1.count } == judged.findingCount, "\(description)")
        #expect(
          report.conformance.map(\.forcedAgreeing) == [judged.tests(.agrees), judged.checks(.agrees)], "\(description)")
        #expect(report.conformance.map(\.open) == [judged.tests(.open), judged.checks(.open)], "\(description)")
        #expect(
          report.conformance.map(\.unknown) == [judged.tests(.unknown), judged.checks(.unknown)], "\(description)")
      }
    }
  }

  private struct ReportOfPart: Decodable {
    struct Verdict: Decodable { let status: String }
    struct Count: Decodable { let count: Int }
    struct Conformance: Decodable { let forcedAgreeing, open, unknown: Int }
    let verdict: Verdict
    let findingCounts: [Count]
    let conformance: [Conformance]
  }

  @Test("A seed gives the same parts each time, and another one others", arguments: PartKind.allCases)
  func isDrawnBySeed(_ kind: PartKind) throws {
    let whole = try EvidenceRecording.small[0].whole
    let parts = kind.removals(from: whole, count: 20, seed: 1)
    #expect(parts == kind.removals(from: whole, count: 20, seed: 1))
    // Of these there is but one choice.
    let isTheSame = kind == .probes || kind == .points
    #expect((parts == kind.removals(from: whole, count: 20, seed: 2)) == isTheSame)
    #expect(parts.allSatisfy { !$0.isNothing })
  }

  @Test("The other way round, more is said: a recording is no part of its part")
  func wholeSaysMore() throws {
    let whole = try EvidenceRecording("Recordings/6.12-hva", .mono).whole
    var removal = Removal()
    removal.probes = Set(whole.probes.filter { whole.label(of: $0) == "hva_to_pfn_ret" })
    let part = try Monotony(whole.part(without: removal))
    let kinds = Set(part.contradictions(of: try PartJudge(whole).judge(Removal()), Removal()).map(\.kind))
    #expect(kinds.contains(.newFinding(.stale, isCertain: true)))
  }

  @Test("A recording says of itself what it says", arguments: EvidenceRecording.small)
  func wholeIsPartOfItself(_ recording: EvidenceRecording) throws {
    #expect(try Monotony(try recording.whole).contradictions(without: Removal()).map(\.kind) == [])
  }
}
