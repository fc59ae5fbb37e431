// From a finding of a recording to the smallest cut that still has it.

import Corpus
import Explore
import GPCProtocol
import KVMEvents
import Replay
import Report
import Results
import TraceReaders
import TraceStore

/// Plans, tries and shrinks. The recording itself is not read again: its events are in the database.
struct TraceCutter {
  let source: Recording
  let goal: CutGoal
  /// Maximum number of candidates, and the time after which no more are tried.
  let candidatesMax: Int
  let deadline: ContinuousClock.Instant
  /// Called for each candidate tried; nil: the shrinking is over.
  let progress: (CutProgress?) -> Void

  /// nil: not even all of it has the finding.
  func cut() throws -> Cut? {
    let (units, contradictions) = try units()
    let stretch = try stretch()
    guard let plan = CutPlan(units, cited: goal.cited, stretch: stretch) else { return nil }
    // A consistent cut first; an inconsistent one only if no other has the finding.
    for (search, contradictions) in try searches().flatMap({ [($0, contradictions), ($0, nil)] }) {
      var judge = try judge(search, stretch, contradictions)
      var level = 0
      var former: Set<Int>?
      while let members = plan.cut(level) {
        level += 1
        if members == former { continue }
        former = members
        let candidates = CutCandidates(
          members, of: units, events: try events(CutCandidates.lines(of: members, in: units)),
          keepsRounds: keepsRounds)
        let begin = whole(candidates, judge)
        let events = candidates.events(of: begin)
        guard judge.holds(events) else { continue }
        judge.keepEvidence(of: events)
        return shrink(candidates, from: begin, judge, triedBefore: level, search)
      }
    }
    return nil
  }

  /// Without operations whose cause is beyond the edge of the cut: a round, for instance, that was repeated for an
  /// earlier invalidation.
  private func whole(_ candidates: CutCandidates, _ judge: CutJudge) -> [Bool] {
    var chosen = candidates.all
    for _ in 0..<Self.repairsMax {
      let wrong = judge.madeUp(candidates.events(of: chosen))
      if wrong.isEmpty { break }
      chosen = candidates.without(candidates.units(of: wrong), from: chosen)
    }
    return chosen
  }

  private static let repairsMax = 16

  private func shrink(
    _ candidates: CutCandidates, from begin: [Bool], _ judge: CutJudge, triedBefore: Int,
    _ settings: CaseDescription.Search
  ) -> Cut {
    let mayGoOn = { (search: CutSearch) in
      progress(
        CutProgress(
          candidateCount: search.candidateCount, unitCount: search.unitCount, lineCount: search.lineCount))
      return search.candidateCount < candidatesMax && ContinuousClock.now < deadline
    }
    var search = CutSearch(candidates, from: begin, mayGoOn: mayGoOn, judge: judge.holds)
    search.run()
    progress(nil)
    return Cut(
      events: candidates.events(of: search.chosen),
      lineCountBefore: candidates.events(of: begin).count, unitCount: search.unitCount,
      candidateCount: search.candidateCount + triedBefore, isMinimal: search.isMinimal,
      lacksRounds: search.lacksRounds, search: settings)
  }

  // MARK: What is judged

  /// Without a round the one before it would appear to have lasted longer.
  private var keepsRounds: Bool {
    switch goal.what {
    case .finding(_, .stall): true
    case .finding, .counterexample: false
    }
  }

  /// As the corpus searches; then as far as the exploration did.
  private func searches() throws -> [CaseDescription.Search] {
    switch goal.what {
    case .finding: return [CaseDescription.Search()]
    case .counterexample(let searched):
      let usual = try source.windowOptions(nil).deltaNs
      var search = CaseDescription.Search()
      search.delta = searched.deltaNs.map { $0 == usual ? nil : "\($0)ns" } ?? "inf"
      search.memory = searched.memory == .sequential ? nil : searched.memory.rawValue
      var further = search
      further.statesMax = searched.statesMax
      return searched.statesMax > CaseDescription.Search.statesMax ? [search, further] : [search]
    }
  }

  private func judge(
    _ search: CaseDescription.Search, _ stretch: ClosedRange<EventID>?, _ contradictions: Set<EventID>?
  ) throws -> CutJudge {
    let request = try search.request()
    let replay = try source.windowOptions(request.bound)
    return CutJudge(
      goal: goal.what, form: try source.kernelForm(), replay: replay, settings: request.settings(replay),
      known: try source.database.findingKeys(), stretch: stretch, contradictions: contradictions)
  }

  // MARK: Passes over the events

  private func units() throws -> (CutUnits, contradictions: Set<EventID>) {
    let order = MomentOrder(deltaNs: try source.windowOptions(nil).deltaNs)
    var trail = ValidityTrail(order: order)
    var builder = UnitBuilder(names: try source.database.names(), order: order)
    try source.forEachBatch { batch in
      builder.consume(batch)
      trail.consume(batch)
    }
    return (builder.finish(), trail.finish())
  }

  private func events(_ wanted: Set<EventID>) throws -> [RecordedEvent] {
    var events: [RecordedEvent] = []
    try source.forEachBatch { batch in
      for event in batch where wanted.contains(event.id) { events.append(event) }
    }
    return events
  }

  /// The lines of the counterexample's window.
  private func stretch() throws -> ClosedRange<EventID>? {
    guard case .counterexample(let searched) = goal.what else { return nil }
    let usual = try source.windowOptions(nil).deltaNs
    let bound = searched.deltaNs.flatMap { $0 == usual ? nil : ClockBound.span($0) }
    var number = 0
    var stretch: ClosedRange<EventID>?
    try source.forEachWindow(try source.windowOptions(bound)) { window in
      number += 1
      guard number == searched.window, let first = window.operations.map(\.begin.id).min(),
        let last = window.operations.map(\.end.id).max()
      else { return }
      stretch = first...last
    }
    return stretch
  }
}

/// The smallest cut found.
package struct Cut {
  let events: [RecordedEvent]
  /// Of the first cut that had the finding.
  package let lineCountBefore: Int
  package let unitCount: Int
  package let candidateCount: Int
  package let isMinimal: Bool
  /// Rounds were removed from a refresh that is still there.
  let lacksRounds: Bool
  /// The case's `[search]`.
  let search: CaseDescription.Search
}

/// The progress of the shrinking.
package struct CutProgress {
  package let candidateCount: Int
  /// What remains.
  package let unitCount: Int
  package let lineCount: Int
}
