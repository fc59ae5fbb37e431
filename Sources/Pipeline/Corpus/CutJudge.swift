// Is the finding still there? Tested for every candidate.

import Corpus
import Explore
import Forms
import GPCProtocol
import KVMEvents
import Replay
import Report
import Results

/// Replays a candidate's events, and searches its windows if the finding is in another order than the recorded one.
struct CutJudge {
  let goal: CutGoal.What
  /// What divergences are counted from.
  let form: ProtocolForm
  let replay: ReplayOptions
  let settings: WindowExplorer.Settings
  /// The findings in the whole recording: a cut must not add any.
  let known: Set<FindingKey>
  /// Where the finding's window is in the recording.
  let stretch: ClosedRange<EventID>?
  /// Requests of the recording whose `valid` differs from the trail; nil: any may.
  let contradictions: Set<EventID>?
  /// Kinds of events without which refreshes, or checks, cannot be judged: a cut in which none is left looks as if
  /// their probes had been missing.
  private var evidence: Set<EventKind> = []
  /// Maximum of unknown decisions.
  private var unknownMax = Int.max

  init(
    goal: CutGoal.What, form: ProtocolForm, replay: ReplayOptions, settings: WindowExplorer.Settings,
    known: Set<FindingKey>, stretch: ClosedRange<EventID>?, contradictions: Set<EventID>?
  ) {
    self.goal = goal
    self.form = form
    self.replay = replay
    self.settings = settings
    self.known = known
    self.stretch = stretch
    self.contradictions = contradictions
  }

  /// No smaller cut may make unknown what is known in this one.
  mutating func keepEvidence(of events: [RecordedEvent]) {
    evidence = Self.kinds(events).intersection(Self.telling)
    unknownMax = Self.unknownCount(replayed(events).rows)
  }

  /// The events of findings that the whole recording does not have: the cut removed something that they depend on.
  func madeUp(_ events: [RecordedEvent]) -> Set<EventID> {
    Set(Self.findings(replayed(events).rows).filter { !known.contains(FindingKey($0)) }.map(\.event))
  }

  func holds(_ events: [RecordedEvent]) -> Bool {
    guard hasEvidence(events), isPlausible(events) else { return false }
    let (rows, windows) = replayed(events)
    let found = Self.findings(rows)
    guard found.allSatisfy({ known.contains(FindingKey($0)) }) else { return false }
    guard Self.unknownCount(rows) <= unknownMax else { return false }
    switch goal {
    case .finding(let key, let excess):
      return found.contains {
        FindingKey($0) == key && !Self.isWithdrawn($0, rows) && has(excess, $0, rows)
      }
    case .counterexample(let searched): return isFound(searched, in: windows)
    }
  }

  private func replayed(_ events: [RecordedEvent]) -> (rows: [ReplayRow], windows: [RecordedWindow]) {
    var replayer = Replayer(form: form, options: replay, recordsWindows: isSearched)
    replayer.consume(events)
    replayer.finish()
    return (replayer.takeRows(), replayer.takeWindows())
  }

  private func isPlausible(_ events: [RecordedEvent]) -> Bool {
    guard let contradictions else { return true }
    var trail = ValidityTrail(order: MomentOrder(deltaNs: replay.deltaNs))
    trail.consume(events)
    return trail.finish().isSubset(of: contradictions)
  }

  private func hasEvidence(_ events: [RecordedEvent]) -> Bool {
    let kinds = Self.kinds(events)
    return kinds.isSuperset(of: evidence) || kinds.isDisjoint(with: [.lockedRefresh, .gfnToPfnCacheRefresh])
  }

  private static let telling: Set<EventKind> = [.gpcRetryLoop, .hvaToPfn, .hvaToPfnRet, .gpcRetryCheck, .gpcCheck]

  private static func kinds(_ events: [RecordedEvent]) -> Set<EventKind> {
    events.reduce(into: []) { $0.insert($1.kind) }
  }

  private static func unknownCount(_ rows: [ReplayRow]) -> Int {
    rows.count { row in
      switch row {
      case .retryRound(let round): round.decision == .unknown
      case .cacheCheck(let check): check.decision == .unknown
      case .invalidation, .refresh, .finding, .loss, .memslot, .virtualMachine, .cache, .formAgreement, .taint,
        .restsOnOpenInvalidation, .lacksProbes, .neverEnded, .witnessWeight, .witness, .implausibleField,
        .silentOmission, .undecidedOverlap, .givenUp:
        false
      }
    }
  }

  private var isSearched: Bool {
    switch goal {
    case .finding: false
    case .counterexample: true
    }
  }

  /// In a window that overlaps the finding's window.
  private func isFound(_ searched: CutGoal.Searched, in windows: [RecordedWindow]) -> Bool {
    var explorer = WindowExplorer(searched.form, settings) { "\($0)" }
    for window in windows {
      let before = explorer.exploration.verdictCounts[searched.verdict] ?? 0
      explorer.explore(window)
      guard explorer.exploration.verdictCounts[searched.verdict] ?? 0 > before else { continue }
      guard let stretch else { return true }
      if window.operations.contains(where: { stretch.contains($0.begin.id) }) { return true }
    }
    return false
  }

  /// Too many false retries stay too many, and do not become too much time lost. Those that a gap makes unknown later
  /// do not count.
  private func has(_ excess: CutGoal.Excess?, _ finding: Finding, _ rows: [ReplayRow]) -> Bool {
    guard let excess, let refresh = finding.refresh else { return true }
    let rounds = Self.falseRounds(of: refresh, vm: finding.vm, rows)
    return switch excess {
    case .count: rounds.count > replay.retriesMax
    case .stall: rounds.compactMap(\.durationNs).reduce(Int64(0)) { $0.addingClamped($1) } > replay.stallMaxNs
    }
  }

  /// Excludes rounds with a gap discovered later.
  private static func falseRounds(of refresh: Int64, vm: Int32?, _ rows: [ReplayRow]) -> [RetryRound] {
    var rounds: [RetryRound] = []
    for row in rows {
      if case .retryRound(let round) = row, round.refresh == refresh, round.cause == .false { rounds.append(round) }
      guard case .taint(let vms, let after, let before) = row, vm.map(vms.contains) ?? true else { continue }
      rounds.removeAll { round in
        let events = [round.loopEvent, round.lookupEvent, round.lookupRetEvent, round.testEvent].compactMap { $0 }
        guard let first = events.first, let last = events.last else { return false }
        return first < before && after < last
      }
    }
    return rounds
  }

  private static func findings(_ rows: [ReplayRow]) -> [Finding] {
    rows.compactMap { row in
      guard case .finding(let finding) = row else { return nil }
      return finding
    }
  }

  /// Withdrawn by later knowledge: a gap in the middle of its proof, or an invalidation that never ended. Reports too
  /// many rather than too few; the store has the last word.
  private static func isWithdrawn(_ finding: Finding, _ rows: [ReplayRow]) -> Bool {
    let first = finding.proof.first ?? finding.event
    let last = finding.proof.last ?? finding.event
    return rows.contains { row in
      switch row {
      case .taint(let vms, let after, let before):
        // Rounds of a refresh become unknown, and the refresh stays excessive while enough do not.
        finding.kind != .excessiveRetry && finding.vm.map { vms.contains($0) } ?? true && first < before && after < last
      case .restsOnOpenInvalidation(let id): finding.kind != .stuck && finding.invalidation == id
      case .lacksProbes: finding.kind != .contract
      case .implausibleField(_, let isUsed): isUsed
      case .silentOmission(let omission): finding.kind != .contract || omission.sign != .countAbove
      case .invalidation, .refresh, .retryRound, .cacheCheck, .finding, .loss, .memslot, .virtualMachine, .cache,
        .formAgreement, .neverEnded, .witnessWeight, .witness, .undecidedOverlap, .givenUp:
        false
      }
    }
  }
}
