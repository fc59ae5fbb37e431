// What was open when the recording ended, and whether the form can leave it (evidence, rule 25).

import GPCProtocol
import KVMEvents
import Operations
import Results

extension Replayer {
  /// The recording is over, and its open calls are still known as such.
  mutating func reportOpenCalls() {
    for call in operations.openCalls { report(call) }
  }

  /// The same for a VM's hooks, once it is known whether the VM is gone.
  mutating func reportOpenInvalidations(of vm: VMState) {
    for invalidation in operations.openInvalidations(of: vm) { report(invalidation) }
  }

  private mutating func report(_ invalidation: InvalidationState) {
    guard let start = invalidation.start, let last = invalidation.lastKnown else { return }
    rows.append(
      .neverEnded(
        NeverEnded(
          kind: .invalidation, vm: invalidation.vm.id, cache: nil, task: invalidation.task, event: start.id,
          lastEvent: last.id, openNs: openNs(since: start), refresh: nil, invalidation: invalidation.id, waitsAt: nil)))
  }

  private mutating func report(_ call: OpenCall) {
    switch call.kind {
    case .request: report(.request, call, last: call.entry)
    case .deactivation: report(.deactivation, call, last: call.entry)
    case .check: report(.check, call, last: call.entry)
    case .refresh(let slot): report(slot, call)
    }
  }

  private mutating func report(_ slot: RefreshSlot, _ call: OpenCall) {
    let refresh = operations.refreshes[slot]
    let round = refresh.round.map { operations.rounds[$0] }
    let uhva = round?.uhva ?? operations.caches[refresh.cache].uhva
    let page = uhva.flatMap { $0.isError ? nil : $0.page }
    let last = round.flatMap { $0.test ?? $0.lookupRet ?? $0.lookup ?? $0.loop } ?? call.entry
    let open = refresh.vm.map { operations.openInvalidations(of: $0) } ?? []
    let over = page.flatMap { page in open.first { $0.overlaps(page: page) } }
    // What it waits for, if it waits.
    let awaited = over ?? (form.rules.wait.isForAny ? open.first : nil)
    func wait(under form: ProtocolForm) -> ProtocolProgram.Wait? {
      over != nil || form.rules.wait.isForAny && !open.isEmpty ? Self.wait(of: round, under: form) : nil
    }
    let ownWait = wait(under: form)
    let waits = asked.forms.compactMap { form in
      wait(under: form).map {
        NeverEnded.Wait(form: form.id, statement: $0.words.statement, canBeLeft: $0.canBeLeft)
      }
    }
    report(
      .refresh, call, last: last, refresh: refresh.id, invalidation: awaited?.id, waitsAt: ownWait?.words.statement,
      waits: waits)
    if let round, let lookup = round.lookup, round.lookupRet == nil, operations.probes.has(.hvaToPfnRet) {
      report(.lookup, call, begin: lookup, last: lookup, refresh: refresh.id, invalidation: awaited?.id)
    }
    guard let ownWait, !ownWait.canBeLeft, let awaited, let loop = round?.loop, awaited.surelyUp(before: loop, order)
    else {
      return
    }
    // Possible only: the recording may end before the refresh has reached its wait, and the invalidation with it.
    self.report(
      .stuck, .possible, vm: refresh.vm, cache: refresh.cache, event: last.id, invalidation: awaited,
      refresh: refresh.id,
      check: nil, proof: [call.entry.id, loop.id, last.id] + awaited.proof,
      summary: FindingText.stuck(awaited, uhva: uhva, at: ownWait.words.statement))
  }

  /// The wait of a form that a refresh is in between its last recorded event and the next. Without the event of the
  /// loop's top it is not known whether it has come this far.
  private static func wait(of round: RoundState?, under form: ProtocolForm) -> ProtocolProgram.Wait? {
    guard let round, round.test == nil, round.loop != nil, round.lookup == nil || round.lookupRet != nil else {
      return nil
    }
    return form.program.waits.first { $0.isBeforeLookup == (round.lookup == nil) }
  }

  private mutating func report(
    _ kind: NeverEnded.Kind, _ call: OpenCall, begin: Moment? = nil, last: Moment, refresh: Int64? = nil,
    invalidation: Int64? = nil, waitsAt: String? = nil, waits: [NeverEnded.Wait] = []
  ) {
    let begin = begin ?? call.entry
    rows.append(
      .neverEnded(
        NeverEnded(
          kind: kind, vm: operations.caches[call.cache].vm?.id, cache: operations.caches[call.cache].id,
          task: call.task, event: begin.id, lastEvent: last.id, openNs: openNs(since: begin), refresh: refresh,
          invalidation: invalidation, waitsAt: waitsAt, waits: waits)))
  }

  private func openNs(since moment: Moment) -> Int64 { lastTime.subtractingClamped(moment.time) }
}
