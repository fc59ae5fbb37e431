// Events that a filter left out without a marker (rule 19): nothing certain comes of it, and nothing whole is called
// filtered.

import EvidenceParts
import KVMEvents
import Results
import Testing

@Suite("Silent filters")
struct SilentFilterTests {
  private struct Found: Hashable {
    let kind: Finding.Kind
    let event: EventID
  }

  private static func certain(_ judgement: Judgement) -> Set<Found> {
    let kinds: [Finding.Kind] = [.contract, .stale, .divergence]
    return Set(
      kinds.flatMap { kind in
        judgement.findings(kind).filter(\.isCertain).map { Found(kind: kind, event: $0.event) }
      })
  }

  /// What each filter keeps: all but one task, all but one CPU, one CPU, two tasks.
  private static func filters(_ events: [RecordedEvent]) -> [(name: String, keeps: (RecordedEvent) -> Bool)] {
    // The idle tasks are one for each CPU.
    func task(_ event: RecordedEvent) -> Int32 { event.pid == 0 ? -1 - event.cpu : event.pid }
    let tasks = Set(events.map(task)).sorted()
    let cpus = Set(events.map(\.cpu)).sorted()
    var filters: [(name: String, keeps: (RecordedEvent) -> Bool)] = []
    for left in tasks { filters.append(("without task \(left)", { task($0) != left })) }
    for cpu in cpus {
      filters.append(("without CPU \(cpu)", { $0.cpu != cpu }))
      filters.append(("CPU \(cpu) alone", { $0.cpu == cpu }))
    }
    for first in tasks {
      for second in tasks where first < second {
        filters.append(("tasks \(first) and \(second) alone", { [first, second].contains(task($0)) }))
      }
    }
    return filters
  }

  @Test("Nothing is certain that the whole recording does not have", arguments: EvidenceRecording.small)
  func nothingCertainIsMade(_ recording: EvidenceRecording) throws {
    let judge = try PartJudge(try recording.whole)
    let events = judge.recording.events
    let judgement = try judge.judge(events)
    let (whole, necessary) = (Self.certain(judgement), judgement.necessaryEvents)
    for filter in Self.filters(events) {
      // A marker belongs to what was not filtered.
      let part = try judge.judge(events.filter { $0.kind == .lostEvents || filter.keeps($0) })
      let made = Self.certain(part).subtracting(whole)
      #expect(made.isEmpty, "\(filter.name)")
      #expect(part.excessiveEvents.isDisjoint(with: necessary), "excessive, \(filter.name)")
    }
  }

  @Test("No recording here is called filtered, nor any field of it none", arguments: EvidenceRecording.small)
  func nothingIsCalledFiltered(_ recording: EvidenceRecording) throws {
    let judgement = try PartJudge(try recording.whole).judge(try recording.whole.events)
    #expect(judgement.silentOmissions.isEmpty && judgement.implausibleFields.isEmpty)
  }

  /// Of 6.12's overlap, the two tasks that refresh and check: the invalidations are missing, and their counts are
  /// there.
  @Test("Two tasks alone are seen to be not all")
  func filterShows() throws {
    let recording = try #require(EvidenceRecording.small.first { $0.name == "6.12-overlap" })
    let judge = try PartJudge(try recording.whole)
    let events = judge.recording.events
    let invalidating = Set(events.filter { $0.kind == .mnInvalidateRangeStart }.map(\.pid))
    let judgement = try judge.judge(events.filter { !invalidating.contains($0.pid) || $0.pid == invalidating.min() })
    #expect(judgement.silentOmissions.contains("count_above"))
    #expect(judgement.tests(.agrees) + judgement.checks(.agrees) == 0)
  }
}
