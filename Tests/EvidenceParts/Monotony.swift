// Holds what is said of a part against what is said of the whole (rule 19 of docs/evidence.md).

import KVMEvents
import Results

/// The whole's judgement, with its rows by their events.
package struct Monotony {
  package let whole: Judgement
  package let judge: PartJudge
  private var invalidationOfEvent: [EventID: Int] = [:]
  private var roundOfEvent: [EventID: Int] = [:]
  private var checkOfEvent: [EventID: Int] = [:]
  private var wholeRows: Rows
  /// By pointer: where each of its caches begins.
  private var cachesOfGPC: [UInt64: [Judgement.CacheRow]] = [:]

  package init(_ recording: WholeRecording) throws {
    judge = try PartJudge(recording)
    whole = try judge.judge(recording.events)
    wholeRows = Rows(whole)
    for (index, row) in whole.invalidations.enumerated() {
      for case let event? in row.events { invalidationOfEvent[event] = index }
    }
    for (index, row) in whole.rounds.enumerated() {
      for event in row.events { roundOfEvent[event] = index }
    }
    for (index, row) in whole.checks.enumerated() {
      checkOfEvent[row.entry] = index
      if let ret = row.ret { checkOfEvent[ret] = index }
    }
    for cache in whole.caches { cachesOfGPC[cache.gpc, default: []].append(cache) }
  }

  /// Rows of a judgement by what refers to them.
  private struct Rows: Sendable {
    var gpcOfCache: [Int64: UInt64] = [:]
    var invalidation: [Int64: Judgement.InvalidationRow] = [:]
    var check: [Int64: Judgement.CheckRow] = [:]
    var rounds: [Int64: [Judgement.RoundRow]] = [:]

    init(_ judgement: Judgement) {
      for row in judgement.caches { gpcOfCache[row.id] = row.gpc }
      for row in judgement.invalidations { invalidation[row.id] = row }
      for row in judgement.checks { check[row.id] = row }
      for row in judgement.rounds { rounds[row.refresh, default: []].append(row) }
    }

    /// The round that a finding of a refresh is about: the one with its event, or the last, if that is the refresh's
    /// return.
    func round(of finding: Judgement.FindingRow) -> Judgement.RoundRow? {
      guard finding.check == nil, let refresh = finding.refresh, let rounds = rounds[refresh] else { return nil }
      return rounds.first { $0.events.contains(finding.event) }
        ?? rounds.last { $0.events.contains { finding.proof.contains($0) } } ?? rounds.last
    }
  }

  /// Everything that is said of the part and not of the whole.
  package func contradictions(without removal: Removal) -> [Contradiction] {
    contradictions(without: removal) { try judge.judge(removal) }
  }

  func contradictions(without removal: Removal, _ judgement: () throws -> Judgement) -> [Contradiction] {
    do {
      return contradictions(of: try judgement(), removal)
    } catch {
      return [Contradiction(kind: .notJudged, events: [], text: "\(error)")]
    }
  }

  package func contradictions(of part: Judgement, _ removal: Removal) -> [Contradiction] {
    let rows = Rows(part)
    var found: [Contradiction] = []
    for finding in part.findings { compare(finding, rows, &found) }
    for round in part.rounds { compare(round, &found) }
    for check in part.checks { compare(check, &found) }
    for invalidation in part.invalidations { compare(invalidation, &found) }
    compareVerdict(part, removal, &found)
    return found
  }

  // MARK: Findings

  private func compare(_ finding: Judgement.FindingRow, _ rows: Rows, _ found: inout [Contradiction]) {
    // How long a refresh stalls is measured by what is recorded: another figure by other probes.
    if finding.kind == .excessiveRetry { return }
    let alike = whole.findings.filter { $0.kind == finding.kind && isOnCache(finding, rows, $0) }
    let same = alike.filter { isOfSameThing(finding, rows, $0) }
    let caused = same.filter { isOfSameInvalidation(finding, rows, $0) }
    let kind: Contradiction.Class
    if same.isEmpty {
      kind = .newFinding(finding.kind, isCertain: finding.isCertain)
    } else if caused.isEmpty {
      kind = .otherInvalidation(finding.kind, isCertain: finding.isCertain)
    } else if finding.isCertain && !caused.contains(where: \.isCertain) {
      kind = .certainOfPossible(finding.kind)
    } else {
      return
    }
    found.append(Contradiction(kind: kind, events: finding.proof, text: finding.summary))
  }

  private func isOnCache(_ finding: Judgement.FindingRow, _ rows: Rows, _ other: Judgement.FindingRow) -> Bool {
    guard let cache = finding.cache, let gpc = rows.gpcOfCache[cache] else { return true }
    return cachesOfGPC[gpc]?.last { $0.firstEvent <= finding.event }?.id == other.cache
  }

  /// The same check or test; of a stale page, the same lookup: it may be told at a later check, or at the test.
  private func isOfSameThing(_ finding: Judgement.FindingRow, _ rows: Rows, _ other: Judgement.FindingRow) -> Bool {
    if finding.kind == .stale {
      let lookups = lookups(of: finding)
      return lookups.isEmpty ? finding.event == other.event : !lookups.isDisjoint(with: self.lookups(of: other))
    }
    if let check = finding.check.flatMap({ rows.check[$0] }) {
      return other.check.flatMap { wholeRows.check[$0] }?.entry == check.entry
    }
    guard let round = rows.round(of: finding), let otherRound = wholeRows.round(of: other) else {
      return finding.event == other.event
    }
    return self.round(of: round).index == self.round(of: otherRound).index
  }

  private func lookups(of finding: Judgement.FindingRow) -> Set<EventID> {
    Set(
      finding.proof.filter { id in
        switch judge.recording.event(id)?.kind {
        case .hvaToPfn, .hvaToPfnRet: true
        case _: false
        }
      })
  }

  /// A divergence is of a decision, whatever is cited for it; an error pfn is stale whatever was invalidated.
  private func isOfSameInvalidation(
    _ finding: Judgement.FindingRow, _ rows: Rows, _ other: Judgement.FindingRow
  ) -> Bool {
    guard finding.kind != .divergence, let invalidation = finding.invalidation.flatMap({ rows.invalidation[$0] }) else {
      return true
    }
    return self.invalidation(of: invalidation).map { whole.invalidations[$0].id } == other.invalidation
  }

  // MARK: Rows of the whole by the part's

  /// nil: none, or several.
  private func invalidation(of row: Judgement.InvalidationRow) -> Int? {
    let places = Set(row.events.compactMap { $0.flatMap { invalidationOfEvent[$0] } })
    return places.count == 1 ? places.first : nil
  }

  /// By the test, else by the lookup.
  private func round(of row: Judgement.RoundRow) -> (index: Int?, isMixed: Bool) {
    let places = row.events.compactMap { roundOfEvent[$0] }
    return (places.first, Set(places).count > 1)
  }

  private func check(of row: Judgement.CheckRow) -> (index: Int?, isMixed: Bool) {
    let places = [row.ret, row.entry].compactMap { $0.flatMap { checkOfEvent[$0] } }
    return (places.first, Set(places).count > 1)
  }

  // MARK: Decisions

  private func compare(_ row: Judgement.RoundRow, _ found: inout [Contradiction]) {
    let (index, isMixed) = round(of: row)
    let other = index.map { whole.rounds[$0] }
    var note = Notes(row.events)
    if isMixed { note.add(.pairedWrongly(.retryTest)) }
    note.compare(.retryTest, other?.decision, row.decision)
    if let whole = other?.outcome, let part = row.outcome, whole != part, whole != .unfinished, part != .unfinished {
      note.add(.turnedOutcome(whole: whole, part: part))
    } else {
      note.compareCause(other, row)
    }
    found += note.contradictions
  }

  private func compare(_ row: Judgement.CheckRow, _ found: inout [Contradiction]) {
    let (index, isMixed) = check(of: row)
    let other = index.map { whole.checks[$0] }
    var note = Notes([row.entry, row.ret].compactMap { $0 })
    if isMixed { note.add(.pairedWrongly(.check)) }
    if let answer = other?.answer, let said = row.answer, answer != said { note.add(.turnedAnswer) }
    note.compare(.check, other?.decision, row.decision)
    found += note.contradictions
  }

  private func compare(_ row: Judgement.InvalidationRow, _ found: inout [Contradiction]) {
    let events = row.events.compactMap { $0 }
    if Set(events.compactMap { invalidationOfEvent[$0] }).count > 1 {
      found.append(Contradiction(kind: .pairedWrongly(.invalidation), events: events, text: ""))
    }
  }

  // MARK: The verdict

  private func compareVerdict(_ part: Judgement, _ removal: Removal, _ found: inout [Contradiction]) {
    guard part.status == .clean else { return }
    if whole.status == .unknown, !removal.shortens {
      found.append(Contradiction(kind: .cleanOfUnknown, events: [], text: ""))
    }
    // What is over before a recording begins, or begins behind its end, is none of its.
    let range = (removal.head ?? .min)...max(removal.head ?? .min, removal.tail ?? .max)
    for kind in Finding.Kind.allCases where kind != .excessiveRetry {
      let missing = whole.findings(kind).first { ($0.proof + [$0.event]).allSatisfy(range.contains) }
      if let missing {
        found.append(Contradiction(kind: .cleanOfFinding(kind), events: missing.proof, text: missing.summary))
      }
    }
  }
}

/// Collects what is wrong with one row.
private struct Notes {
  let events: [EventID]
  var contradictions: [Contradiction] = []

  init(_ events: [EventID]) { self.events = events }

  mutating func add(_ kind: Contradiction.Class) {
    contradictions.append(Contradiction(kind: kind, events: events.sorted(), text: ""))
  }

  mutating func compare(_ subject: Contradiction.Subject, _ whole: Decision?, _ part: Decision?) {
    guard let part, part == .agrees || part == .disagrees, part != whole else { return }
    switch whole {
    case .agrees?, .disagrees?: add(.turnedDecision(subject, whole: whole ?? part, part: part))
    case .open?, .unknown?, nil: add(.forcedFromUnforced(subject, whole: whole, part: part))
    }
  }

  mutating func compareCause(_ whole: Judgement.RoundRow?, _ part: Judgement.RoundRow) {
    guard let cause = part.cause, cause == .necessary || cause == .false else { return }
    switch whole?.cause {
    case .necessary?, .false?:
      // `self` needs that nothing else overlapped: not to be known from less.
      let isOther = part.subCause != nil && part.subCause != whole?.subCause
      guard whole?.cause != cause || isOther && (whole?.subCause != nil || part.subCause == .self) else { return }
      add(
        .turnedCause(whole: Self.words(whole?.cause, whole?.subCause), part: Self.words(part.cause, part.subCause)))
    case .undecided?, .unknown?, nil: add(.causeFromNone(whole: whole?.cause, part: cause))
    }
  }

  private static func words(_ cause: RetryRound.Cause?, _ subCause: RetryRound.SubCause?) -> String {
    [cause?.rawValue, subCause?.rawValue].compactMap { $0 }.joined(separator: " ")
  }
}
