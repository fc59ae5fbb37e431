// The replay: recorded events in, rows and findings out.

import GPCProtocol
import KVMEvents
import Operations
import Results

/// Judges operations by the rules of evidence: what each recorded decision may have depended on, and what it did.
///
/// Takes events in replay order, has them paired by `OperationTracker`, and knows neither their source nor the
/// destination of its rows. One pass, bounded by what is open.
package struct Replayer {
  /// The form that divergences are from.
  let form: ProtocolForm
  let testRule: FormsAsked.TestRule
  /// The forms that are compared with every forced decision.
  var asked: FormsAsked
  /// By VM.
  var busy: [Int32: BusyPeriods] = [:]
  let options: ReplayOptions
  let order: MomentOrder
  var rows: [ReplayRow] = []
  var operations: OperationTracker
  /// By their numbers.
  var judgedCaches = JudgedCaches()
  var cachesByPage = CachesByPage()
  /// By the first event of the walk; only of VMs with many caches.
  var walkedCaches: [EventID: WalkedCaches] = [:]
  /// By the slots of the refreshes.
  var judgedRefreshes: [JudgedRefresh] = []
  /// Tests that wait for the end of an invalidation that may have been lost, by VM.
  var deferred: [Int32: [RetryEvidence]] = [:]
  /// Checks that said yes in the contract window of an invalidation that is still open; findings once its end is
  /// recorded.
  var contractChecks: [Int64: [SharedCheck]] = [:]
  /// Checks during which a refresh of their cache may just have been accepted, by cache, the first returned first: the
  /// value of `valid` is known when its round ends (evidence, rule 18).
  var undecidedChecks: [CacheNumber: [PendingCheck]] = [:]
  var undecidedCount = 0
  var pending = PendingQueue()
  /// Pages that may be stale and wait for their next lookup.
  var watches: [Watch] = []
  /// Of all VMs.
  var latestLookup = LatestLookup()
  var witnessWeight = WitnessWeight()
  /// By VM.
  var seqTrails: [Int32: SeqTrail] = [:]
  /// The last stamp, in nanoseconds.
  private(set) var lastTime: Int64 = 0
  var findingCount: Int64 = 0
  /// What waits, in numbers (`keptBytes`): tests in `deferred`, the invalidations that they hold, the entries of
  /// `contractChecks`.
  var deferredCount = 0
  var deferredReferences = 0
  var contractReferences = 0
  /// Events since what is kept was last looked at.
  var uncheckedCount = 0
  /// No more can be kept: events are not judged any more.
  var isStopped = false
  /// Checks whose answer differs from what the recording allows.
  var contradictingChecks: Int64 = 0
  /// Rule 20.
  var survey = FieldSurvey()
  /// By `EventKind`; empty: all fields are used.
  let unusedFields: [EventFieldSet]
  /// The fields that show a sign now and were used. If there are any, the recording is to be replayed again without
  /// them. Complete after `finish()`.
  package internal(set) var fieldsToLeaveOut: [ImplausibleField] = []

  /// - Parameters:
  ///   - form: what divergences are from.
  ///   - asked: the forms of which `formAgreement` rows come at the end.
  ///   - recordsWindows: keep the VMs' operations for `takeWindows()`.
  package init(
    form: ProtocolForm, asked: [ProtocolForm] = [], options: ReplayOptions, recordsWindows: Bool = false
  ) {
    self.form = form
    testRule = FormsAsked.TestRule(form.rules)
    self.asked = FormsAsked(asked)
    self.options = options
    order = MomentOrder(deltaNs: options.deltaNs)
    operations = OperationTracker(
      order: order, notifierOffset: options.notifierOffset, openInvalidationsMax: options.openInvalidationsMax,
      recordsWindows: recordsWindows)
    unusedFields = Self.byKind(options.unusedFields)
  }

  /// The rows that came to be known since the last call.
  package mutating func takeRows() -> [ReplayRow] {
    var taken: [ReplayRow] = []
    takeRows(into: &taken)
    return taken
  }

  /// The same, swapped with `taken`, so that the two lists are reused and none grows again per batch.
  package mutating func takeRows(into taken: inout [ReplayRow]) {
    taken.removeAll(keepingCapacity: true)
    swap(&rows, &taken)
  }

  /// The windows that ended since the last call; none unless the replayer records them.
  package mutating func takeWindows() -> [RecordedWindow] { operations.takeWindows() }

  package mutating func consume(_ events: borrowing [RecordedEvent]) {
    // Through a span, which borrows an event where the array would copy it.
    let span = events.span
    var index = span.indices.lowerBound
    while !operations.isTied && index < span.indices.upperBound {
      for event in operations.admit(withoutUnused(span[index])) { step(event) }
      index += 1
    }
    while index < span.indices.upperBound {
      if unusedFields.isEmpty {
        survey.see(span[index])
        step(span[index])
      } else {
        step(withoutUnused(span[index]))
      }
      index += 1
    }
  }

  private mutating func step(_ event: borrowing RecordedEvent) {
    if !isStopped { keepBounds(before: event.id) }
    if isStopped { return operations.pass(over: event) }
    let now = event.time.rawValue
    operations.settleCounts(before: now)
    judgeSteps(now: now)
    while let next = pending.popFirst(settledBefore: now, deltaNs: options.deltaNs) { decide(next) }
    settleWatches(before: now)
    lastTime = max(lastTime, now)
    if !operations.probes.has(event.kind) { askForFunction(event) }
    operations.take(event)
    judgeSteps(now: now)
  }

  /// What the recording has shown so far about each form tested.
  package var formAgreements: [FormAgreement] { asked.agreements }

  /// The recording is over: what is still open is closed as such, and the VMs, caches and memslots are passed on.
  /// - Parameter mayHideLoss: this was found since the replay began (`ReplayOptions.mayHideLoss`).
  package mutating func finish(mayHideLoss: Bool = false) {
    operations.giveUpTie()
    for event in operations.takeHeld() { step(event) }
    operations.settleCounts(before: nil)
    judgeSteps(now: .max)
    while let decision = pending.popFirst() { decide(decision) }
    reportOpenCalls()
    operations.finishCalls()
    judgeSteps(now: .max)
    while let decision = pending.popFirst() { decide(decision) }
    decideChecks(of: operations.caches.indices)
    let missing = Evidence.missing(from: operations.probes, unused: options.unusedFields)
    // What unrecorded end hooks move is not due to another mover.
    if !missing.isEmpty || operations.hasUntiedNotifier { seqTrails.removeAll() }
    for vm in operations.vms { finish(vm) }
    settleWatches(before: nil)
    rows.append(.witnessWeight(witnessWeight))
    rows += operations.caches.map { .cache($0.row) }
    let isFiltered = finishSurvey(isWhollyProbed: missing.isEmpty)
    if !missing.isEmpty && !operations.vms.isEmpty { rows.append(.lacksProbes(missing)) }
    finishForms(missing, mayHideLoss: options.mayHideLoss || mayHideLoss, isFiltered: isFiltered)
  }

  private mutating func finish(_ vm: VMState) {
    operations.retireIfGone(vm)
    judgeSteps(now: .max)
    decideDeferred(of: vm, isLast: true)
    reportOpenInvalidations(of: vm)
    operations.closeOpenInvalidations(of: vm)
    judgeSteps(now: .max)
    for invalidation in vm.invalidations where invalidation.close == .open {
      rows.append(.restsOnOpenInvalidation(invalidation.id))
      asked.forget(resting: invalidation.id)
    }
    rows += vm.memslots.remaining.map { .memslot($0) }
    rows.append(.virtualMachine(vm.row(unexplainedMoves: seqTrails[vm.id]?.unexplained ?? 0)))
  }
}
