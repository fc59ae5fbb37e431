// The replay: recorded events in, rows and findings out.

import GPCProtocol
import KVMEvents

/// Drives the protocol with recorded events by the rules of evidence: what each recorded decision may have rested on, and what it did.
///
/// Takes events in replay order and knows neither where they come from nor where its rows go. One pass, bounded by what is open.
package struct Replayer {
  let form: ProtocolForm
  let options: ReplayOptions
  let order: MomentOrder
  var rows: [ReplayRow] = []
  var tie = NotifierTie()
  var probes = ProbesSeen()

  // What is named by what.
  var threads: [ThreadState] = []
  var threadOfKey: [Int64: ThreadNumber] = [:]
  var cpus = CPUTable()
  var vmOfKVM = PointerTable<VMState>()
  var cacheOfGPC = PointerTable<CacheNumber>()
  var vms: [VMState] = []
  var caches: [CacheState] = []
  /// Hooks of a notifier whose kvm no event tells: they may concern any VM.
  var hasUntiedNotifier = false

  var refreshes = SlotTable<RefreshState>()
  var rounds = SlotTable<RoundState>()
  var pending = PendingQueue()
  /// The VMs with a gap on a CPU that has had no event since.
  var gapsOnCPU: [Int32: [VMState]] = [:]
  var invalidationCount: Int64 = 0
  var refreshCount: Int64 = 0
  var checkCount: Int64 = 0
  var findingCount: Int64 = 0
  let recordsWindows: Bool
  var windows: [RecordedWindow] = []

  /// - Parameter recordsWindows: keep the VMs' operations for `takeWindows()`.
  package init(form: ProtocolForm, options: ReplayOptions, recordsWindows: Bool = false) {
    self.form = form
    self.options = options
    self.recordsWindows = recordsWindows
    order = MomentOrder(deltaNs: options.deltaNs)
  }

  /// The rows that came to be known since the last call.
  package mutating func takeRows() -> [ReplayRow] {
    var taken: [ReplayRow] = []
    takeRows(into: &taken)
    return taken
  }

  /// The same in place of what `taken` holds. The two lists change places, so that no batch pays for growing one anew.
  package mutating func takeRows(into taken: inout [ReplayRow]) {
    taken.removeAll(keepingCapacity: true)
    swap(&rows, &taken)
  }

  package mutating func consume(_ events: borrowing [RecordedEvent]) {
    // Through a span, which lends an event where the array would copy it.
    let span = events.span
    for index in span.indices {
      if tie.isMade { step(span[index]) } else { hold(span[index]) }
    }
  }

  /// Until the tie is made.
  private mutating func hold(_ event: RecordedEvent) {
    if tie.holds(event) {
      replayHeld()
    } else if !tie.isHolding {
      step(event)
    }
  }

  /// The recording is over: what is still open is closed as such, and the VMs, caches and memslots are handed on.
  package mutating func finish() {
    tie.giveUp()
    replayHeld()
    while let decision = pending.popFirst() { decide(decision) }
    closeOpenRefreshes()
    while let decision = pending.popFirst() { decide(decision) }
    for thread in threads.indices { giveUpChecks(of: thread) }
    for vm in vms { finish(vm) }
    rows += caches.map { .cache($0.row) }
    if probes.lacksInvalidations && !vms.isEmpty {
      rows.append(.taint(vms: vms.map(\.id), after: 0, before: .max))
    }
  }

  private mutating func replayHeld() {
    for event in tie.takeHeld() { step(event) }
  }

  private mutating func step(_ event: borrowing RecordedEvent) {
    while let next = pending.popFirst(settledBefore: event.time.rawValue, deltaNs: options.deltaNs) { decide(next) }
    if case .lostEvents = event.kind {
      lose(event)
      return
    }
    probes.see(event.kind)
    let thread = thread(of: event)
    if threads[thread].moves(to: event.cpu), threads[thread].run(on: event.cpu) { tear(thread) }
    let moment = Moment(id: event.id, time: event.time.rawValue, cpu: event.cpu, thread: Int32(thread))
    if !gapsOnCPU.isEmpty, let vms = gapsOnCPU.removeValue(forKey: event.cpu) {
      for vm in vms { vm.gapEnd = moment }
    }
    if let count = threads[thread].recordedCount {
      threads[thread].recordedCount = nil
      pending.append(.count(count, before: moment))
    }
    dispatch(event, thread, moment)
    cpus.see(moment)
  }

  private mutating func dispatch(_ event: borrowing RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    switch event.kind {
    case .mnInvalidateRangeStart: invalidateRangeStart(event, thread, moment)
    case .gpcInvalidateStart: gpcInvalidateStart(event, thread, moment)
    case .mnInvalidateRangeStartRet: invalidateRangeStartRet(thread, moment)
    case .mnInvalidateRangeEnd: invalidateRangeEnd(event, thread, moment)
    case .mnInvalidateEndKvm: invalidateEndKvm(event, thread, moment)
    case .mnInvalidateRangeEndRet: invalidateRangeEndRet(thread, moment)
    case .gpcInit: gpcInit(event, moment)
    case .gpcActivate: request(event, .activate, thread, moment)
    case .gpcActivateHva: request(event, .activateHva, thread, moment)
    case .gpcRefresh: request(event, .refresh, thread, moment)
    case .gpcActivateRet, .gpcActivateHvaRet: threads[thread].request = nil
    case .lockedRefresh, .gfnToPfnCacheRefresh: refresh(event, thread, moment)
    case .gpcRetryLoop: retryLoop(event, thread, moment)
    case .hvaToPfn: hvaToPfn(event, thread, moment)
    case .hvaToPfnRet: hvaToPfnRet(event, thread, moment)
    case .gpcRetryCheck: retryCheck(event, thread, moment)
    case .gpcRefreshDone: refreshDone(event, thread, moment)
    case .lockedRefreshRet: refreshRet(event, thread, moment)
    case .gpcRefreshRet:
      refreshRet(event, thread, moment)
      threads[thread].request = nil
    case .gpcCheck: check(event, thread, moment)
    case .gpcCheckRet: checkRet(event, thread, moment)
    case .gpcDeactivate: deactivate(event, thread, moment)
    case .gpcDeactivateRet: deactivateRet(event, thread, moment)
    case .setMemoryRegion: setMemoryRegion(event, thread)
    case .setMemoryRegionRet: setMemoryRegionRet(event, thread)
    case .kvmUnmapHvaRange, .gpcUnmap, .mnInvalidateRange, .mnChangePte, .bystander, .lostEvents: break
    }
  }
}
