// Holds what the replay says of a recording against what the simulated kernel did.

import GPCProtocol
import KVMEvents
import Results
import SimulatedKernel
import TraceStore

/// What must hold. Raw values are the words of the command line.
package enum Property: String, CaseIterable, Sendable {
  /// The recording is read without dirt, and the rows of its replay are stored.
  case readable
  /// A contract finding that is certain is true.
  case certainContract = "certain-contract"
  /// A stale finding that is certain is true.
  case certainStale = "certain-stale"
  /// A divergence that is certain is true.
  case certainDivergence = "certain-divergence"
  /// The kernel does what its form says: nothing diverges, no forced decision disagrees. (Of a mutant: where it does.)
  case agreement
  /// A field that is not used is none, and events are left out where it is said that they are.
  case signs
  /// Rounds, checks and invalidations are put together from events of one round, check or invalidation, and said to
  /// have ended as they did.
  case pairing
  /// An invalidation is said to overlap a memslot, or not to, as it did.
  case memslots
  /// `necessary` and `false` are true, and so are their sub-causes. (Not of mutants.)
  case causes
  /// What the rules make certain in a recording with all entries and returns is found.
  case found
  /// Nothing is clean where the recording of all probes shows a missed invalidation in full.
  case clean
  /// What was missed is a finding, or a decision that is open or unknown and said to be: nothing hides it.
  case nothingHides = "nothing-hides"
  /// The form that ran is not refuted. (Not of mutants.)
  case form
}

package struct Failure: Hashable, Sendable, CustomStringConvertible {
  package let property: Property
  /// 0: of the recording as a whole.
  package let line: EventID
  package let sentence: String

  package init(property: Property, line: EventID, sentence: String) {
    self.property = property
    self.line = line
    self.sentence = sentence
  }

  package var description: String { "\(property.rawValue), line \(line): \(sentence)" }
}

package struct TruthJudge {
  let recording: SimulatedRecording
  let replayed: ReplayedRecording
  private var failures: [Failure] = []
  /// By line.
  private var checkOfLine: [EventID: Int] = [:]
  private var roundOfLine: [EventID: Int] = [:]
  private var invalidationOfLine: [EventID: Int] = [:]

  /// What does not hold, and how much there was to judge.
  package static func judge(_ recording: SimulatedRecording) throws -> (failures: [Failure], tally: Tally) {
    let settings = recording.run.settings
    let replayed: ReplayedRecording
    do {
      replayed = try ReplayedRecording(recording.text, form: settings.form, deltaNs: settings.recording.deltaNs)
    } catch let error as TraceStoreError {
      return ([Failure(property: .readable, line: 0, sentence: "\(error)")], Tally())
    }
    var judge = TruthJudge(recording, replayed)
    judge.judge()
    return (judge.failures, Tally(recording, replayed))
  }

  private init(_ recording: SimulatedRecording, _ replayed: ReplayedRecording) {
    self.recording = recording
    self.replayed = replayed
    for (index, check) in truth.checks.enumerated() {
      for record in [check.entry, check.ret] { if let line = line(record) { checkOfLine[line] = index } }
    }
    for (index, round) in truth.rounds.enumerated() {
      for record in round.records { if let line = line(record) { roundOfLine[line] = index } }
    }
    for (index, invalidation) in truth.invalidations.enumerated() {
      for record in invalidation.records { if let line = line(record) { invalidationOfLine[line] = index } }
    }
  }

  private var truth: KnownTruth { recording.run.truth }
  private var isMutant: Bool { recording.run.settings.mutant != nil }
  private var testsAsItsForm: Bool { recording.run.settings.mutant.map { $0.part == .walk } ?? true }
  private var checksAsItsForm: Bool { recording.run.settings.mutant.map { $0.part == .retryTest } ?? true }

  private func line(_ record: RecordNumber?) -> EventID? { record.flatMap { recording.lines[$0] } }

  private mutating func fail(_ property: Property, _ line: EventID?, _ sentence: String) {
    failures.append(Failure(property: property, line: line ?? 0, sentence: sentence))
  }

  private mutating func judge() {
    for (kind, count) in replayed.issues where !(kind == .badField && recording.hasGarbageFlags) {
      fail(.readable, nil, "\(count) \(kind.rawValue)")
    }
    if replayed.isCalledFiltered && !recording.isFiltered && !recording.hasMisreadCount {
      fail(.signs, nil, "events are said to be left out")
    }
    for field in replayed.implausible where !recording.isMisread(field.kind, field.field, orItsPartner: true) {
      fail(.signs, field.firstEvent, "\(field.field) of \(field.kind) is said to be none (\(field.sign))")
    }
    for finding in replayed.findings { judge(finding) }
    for round in replayed.rounds { judge(round) }
    for check in replayed.checks { judge(check) }
    for invalidation in replayed.invalidations { judge(invalidation) }
    for row in replayed.neverEnded { judge(row) }
    if !isMutant { judgeMoves() }
    judgeCompleteness()
    judgeHidden()
    judgeForm()
  }

  private mutating func judgeForm() {
    guard !isMutant, let event = replayed.refutedAt else { return }
    fail(.form, event, "\(recording.run.settings.form.id) ran, and is refuted: \(replayed.refutedBy ?? "")")
  }

  /// No more moves of seq are said to be unexplained than the kernel made without a hook.
  private mutating func judgeMoves() {
    for (kvm, moves) in replayed.unexplainedMoves {
      let machine = recording.run.workload.machine
      let vms = machine.placeOfVM.indices.filter { machine.kvm(ofVM: $0).rawValue == kvm }
      let made = truth.seqMoves.count { vms.contains($0.vm) }
      if moves > made { fail(.causes, nil, "seq moved \(moves) times without a hook; it did \(made) times") }
    }
  }

  /// It is one operation, and its end is not in the recording.
  private mutating func judge(_ row: ReplayedRecording.NeverEndedRow) {
    let records = recording.run.records
    guard let first = recording.lines.firstIndex(of: row.event),
      let last = recording.lines.firstIndex(of: row.lastEvent),
      records[first].operation == records[last].operation
    else { return fail(.pairing, row.event, "open \(row.kind): its events are of two operations") }
    let ends: Set<ProbePoint> =
      switch row.kind {
      case "request", "refresh": [.lockedRefreshRet, .gpcRefreshRet, .gpcActivateRet, .gpcActivateHvaRet]
      case "lookup": [.hvaToPfnRet]
      case "check": [.gpcCheckRet]
      case "deactivation": [.gpcDeactivateRet]
      case _: []
      }
    for record in records.indices where record > first && ends.contains(records[record].point) {
      if records[record].operation == records[first].operation, let line = recording.lines[record] {
        return fail(.pairing, row.event, "open \(row.kind): it ends in line \(line)")
      }
    }
  }

  // MARK: Findings

  private mutating func judge(_ finding: ReplayedRecording.Found) {
    guard finding.isCertain else { return }
    switch finding.kind {
    case .contract:
      guard let check = checkOfLine[finding.event].map({ truth.checks[$0] }), !check.breached.isEmpty else {
        return fail(.certainContract, finding.event, "contract, certain; no check said yes in a window here")
      }
    case .stale: judgeStale(finding)
    case .divergence:
      if checkOfLine[finding.event] == nil ? testsAsItsForm : checksAsItsForm {
        fail(.certainDivergence, finding.event, "divergence, certain; the kernel did what its form says")
      }
    // Never certain.
    case .stuck: fail(.agreement, finding.event, "stuck, certain")
    case .excessiveRetry: break
    }
  }

  private mutating func judgeStale(_ finding: ReplayedRecording.Found) {
    if let check = checkOfLine[finding.event].map({ truth.checks[$0] }) {
      if !check.isStale { fail(.certainStale, finding.event, "stale, certain; the check used the page of its uhva") }
    } else if let round = roundOfLine[finding.event].map({ truth.rounds[$0] }) {
      if !round.isStale { fail(.certainStale, finding.event, "stale, certain; the round stored the page of its uhva") }
    } else {
      fail(.certainStale, finding.event, "stale, certain; no check or round is here")
    }
  }

  // MARK: Rows

  private mutating func judge(_ row: ReplayedRecording.Round) {
    let lines = [row.loop, row.lookup, row.lookupRet, row.test].compactMap { $0 }
    let numbers = Set(lines.map { roundOfLine[$0] })
    guard numbers.count == 1, let number = numbers.first ?? nil else {
      if numbers.count > 1 { fail(.pairing, lines.first, "a round of lines \(lines) is not one round") }
      return
    }
    let round = truth.rounds[number]
    let place = row.test ?? lines.last
    // What was recorded last may be that it is being accepted.
    let outcome = round.outcome ?? (round.done == nil ? nil : .accepted)
    if let said = row.outcome, said != "unfinished", said != outcome?.rawValue {
      fail(.pairing, place, "\(said); the round was \(outcome?.rawValue ?? "under way")")
    }
    if row.decision == "disagrees" && testsAsItsForm { fail(.agreement, place, "a retry test disagrees") }
    judgeCause(row, round, number, place)
  }

  private mutating func judgeCause(
    _ row: ReplayedRecording.Round, _ round: KnownTruth.Round, _ number: Int, _ place: EventID?
  ) {
    // What else could explain a round is concluded from what the form does.
    guard !isMutant, let cause = row.cause, cause == "necessary" || cause == "false" else { return }
    let overlapping = truth.overlapping(round)
    if (cause == "necessary") == overlapping.isEmpty {
      return fail(.causes, place, "\(cause); overlapping invalidations in flight or ended: \(overlapping.count)")
    }
    guard let subCause = row.subCause else { return }
    switch subCause {
    case "self":
      if !overlapping.allSatisfy({ truth.invalidations[$0].ownRound == number }) {
        fail(.causes, place, "self; another invalidation overlapped, too")
      }
    case "count", "seq":
      let reason = round.retriedBy?.rawValue
      if reason != subCause { fail(.causes, place, "\(subCause); the test read \(reason ?? "nothing")") }
    case "seq_other":
      if round.retriedBy != .seq || !truth.isMovedUnseen(round) {
        fail(.causes, place, "seq_other; the test read \(round.retriedBy?.rawValue ?? "nothing"), or hooks moved seq")
      }
    case _: break
    }
  }

  private mutating func judge(_ row: ReplayedRecording.Check) {
    guard let check = checkOfLine[row.entry].map({ truth.checks[$0] }) else {
      return fail(.pairing, row.entry, "a check; there is none here")
    }
    if let ret = row.ret, ret != line(check.ret) {
      fail(.pairing, row.entry, "returns at \(ret), another check's return")
    }
    if let answer = row.answer, (answer == 1) != check.answer { fail(.pairing, row.entry, "answer \(answer)") }
    if row.decision == "disagrees" && checksAsItsForm { fail(.agreement, row.ret ?? row.entry, "a check disagrees") }
  }

  private mutating func judge(_ row: ReplayedRecording.InvalidationRow) {
    let lines = [row.start, row.walk, row.startRet, row.end, row.endRet].compactMap { $0 }
    let numbers = Set(lines.map { invalidationOfLine[$0] })
    guard numbers.count == 1, let number = numbers.first ?? nil else {
      return fail(.pairing, lines.first, "an invalidation of lines \(lines) is not one invalidation")
    }
    let invalidation = truth.invalidations[number]
    if let hits = row.hitsMemslot, invalidation.up != nil, (hits == 1) != invalidation.hitsMemslot {
      fail(.memslots, lines.first, "hits_memslot \(hits)")
    }
    if let lookup = row.selfLookup, lookup != line(invalidation.ownRound.flatMap { truth.rounds[$0].lookup }) {
      fail(.pairing, lines.first, "made by the lookup at \(lookup)")
    }
  }

  // MARK: What must be found

  private mutating func judgeCompleteness() {
    let shown = ShownInFull(recording)
    let contracts = shown.contracts()
    let stale = shown.stalePages(byTests: true)
    if replayed.status == .clean && !recording.isFiltered && !(contracts.isEmpty && stale.isEmpty) {
      fail(.clean, nil, "clean; missed invalidations: \(contracts.count) contract, \(stale.count) stale")
    }
    let hasAll = recording.isWhole()
    guard hasAll || recording.isWhole(ProbePoint.functionLevel) else { return }
    func isFound(_ kind: Results.Finding.Kind, _ records: [RecordNumber]) -> Bool {
      let lines = records.compactMap { line($0) }
      return replayed.findings.contains { $0.kind == kind && $0.isCertain && lines.contains($0.event) }
    }
    for ret in contracts where !isFound(.contract, [ret]) {
      fail(.found, line(ret), "a check said yes in a window, shown in full")
    }
    for places in hasAll ? stale : shown.stalePages(byTests: false) where !isFound(.stale, places) {
      fail(.found, line(places.first), "a page was used that had been freed, shown in full")
    }
  }

  /// As rule 7 has it: what lies before the event of the start hook's return, or after that of the end hook's entry,
  /// does not count, although the hook's function may have returned by then, or not have begun.
  private func isBetweenHooks(_ check: KnownTruth.Check, _ invalidation: Int) -> Bool {
    let invalidation = truth.invalidations[invalidation]
    guard let ret = check.ret, line(ret) != nil, let startRet = invalidation.startRet else { return false }
    return ret > startRet && invalidation.end.map { check.entry < $0 } ?? true
  }

  /// Each check and round that missed an invalidation, in a recording with the entries and returns of all functions.
  private mutating func judgeHidden() {
    guard recording.isWhole() || recording.isWhole(ProbePoint.functionLevel) else { return }
    let named = replayed.namedEvents
    func isNamed(_ records: [RecordNumber?]) -> Bool {
      records.contains { line($0).map { named.contains($0) } ?? false }
    }
    for check in truth.checks where check.breached.contains(where: { isBetweenHooks(check, $0) }) {
      if !isNamed([check.entry, check.ret]) {
        fail(.nothingHides, line(check.ret), "a check said yes in a window, and nothing names it")
      }
    }
    for (number, round) in truth.rounds.enumerated() {
      let checks = truth.checks.filter { $0.mapping == number && line($0.ret) != nil }
      let isUsed = round.isStale && line(round.lookupRet) != nil && round.outcome == .accepted
      guard isUsed || checks.contains(where: { $0.isStale && $0.answer == true }) else { continue }
      if !isNamed(round.records + checks.flatMap { [$0.entry, $0.ret] }) {
        fail(.nothingHides, line(round.test ?? round.lookupRet), "a freed page was used, and nothing names it")
      }
    }
  }
}
