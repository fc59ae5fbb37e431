// Passes on the VMs' operations, window by window: other forms and other orders are tried on them.

import KVMEvents
import Results

extension OperationTracker {
  /// The windows that ended since the last call; none unless the replayer records them.
  package mutating func takeWindows() -> [RecordedWindow] {
    defer { windows.removeAll() }
    return windows
  }

  /// - Parameter request: when a refresh was requested.
  mutating func beginBusy(_ vm: VMState?, _ moment: Moment, since request: Moment? = nil) {
    guard recordsWindows, let vm else { return }
    pass(vm.window.beginBusy(vm: vm.id, at: moment, since: request, deltaNs: order.deltaNs))
  }

  mutating func finishWindow(of vm: VMState) {
    if recordsWindows { pass(vm.window.finish(vm: vm.id)) }
  }

  mutating func giveUpWindow(of vm: VMState) {
    guard recordsWindows else { return }
    pass(vm.window.giveUp())
  }

  private mutating func pass(_ over: [RecordedWindow]) {
    windows += over
    for window in over {
      for operation in window.operations { heldOperationBytes -= operation.keptBytes }
    }
  }

  mutating func record(_ invalidation: InvalidationState, of vm: VMState, _ close: Invalidation.Close) {
    guard recordsWindows else { return }
    let last = [invalidation.endRet, invalidation.endKvm, invalidation.end, invalidation.overBy].compactMap { $0 }.first
    guard close == .end, let start = invalidation.start, let last else {
      vm.window.cast(.incomplete)
      if invalidation.start != nil, let over = last ?? invalidation.startRet ?? invalidation.start {
        vm.window.endBusy(at: over)
      }
      return
    }
    // Without the walk's event the count is still known to go up in the start hook.
    let steps = [invalidation.startRet, invalidation.end, invalidation.endRet]
    if steps.contains(where: { $0 == nil }) { vm.window.cast(.missingProbe) }
    let kind = RecordedInvalidation(
      range: invalidation.range, hitsMemslot: invalidation.hitsMemslot, removesMappings: invalidation.removesMappings,
      startWalk: invalidation.walkIsInEndHook == false ? invalidation.walk : nil,
      endWalk: invalidation.walkIsInEndHook == true ? invalidation.walk : nil, startRet: invalidation.startRet,
      endEntry: invalidation.end, endKvm: invalidation.endKvm, selfLookup: invalidation.selfLookup)
    add(.invalidate(kind), nil, invalidation.task, isNested: invalidation.isNested, from: start, to: last, of: vm)
    vm.window.endBusy(at: last)
  }

  mutating func record(_ slot: RefreshSlot, _ moment: Moment) {
    guard recordsWindows, let vm = refreshes[slot].vm else { return }
    let refresh = refreshes[slot]
    forgetRounds(of: slot)
    defer { vm.window.endBusy(at: moment) }
    guard let entry = refresh.entry, refresh.returned != nil, let ret = refresh.ret, !refresh.isTorn else {
      vm.window.cast(.incomplete)
      return
    }
    if refresh.outcome == .unknown { vm.window.cast(.missingProbe) }
    let kind = RecordedRefresh(
      origin: refresh.origin, outcome: refresh.outcome, ret: ret, request: refresh.request,
      isGPABased: refresh.isGPABased, uhva: caches[refresh.cache].uhva, wasValid: refresh.wasValid,
      oldUHVA: refresh.oldUHVA,
      rounds: refresh.rounds)
    add(.refresh(kind), refresh.cache, refresh.task, isNested: false, from: entry, to: moment, of: vm)
  }

  /// Those that have ended are part of its operation by now, or will be of none.
  mutating func forgetRounds(of slot: RefreshSlot) {
    heldOperationBytes -= refreshes[slot].rounds.count * RecordedRefresh.Round.keptBytes
    refreshes[slot].rounds = []
  }

  mutating func record(_ check: CheckState, answer: Bool, _ ret: Moment) {
    guard recordsWindows, let vm = caches[check.cache].vm else { return }
    let kind = RecordedCheck(
      answer: answer, othersHold: check.conditions.hold, wasValid: check.recordedValid, uhva: check.uhva)
    add(.check(kind), check.cache, check.task, isNested: check.isNested, from: check.entry, to: ret, of: vm)
  }

  mutating func recordDeactivation(of cache: CacheNumber, _ task: TaskID, from entry: Moment, to ret: Moment) {
    guard recordsWindows, let vm = caches[cache].vm else { return }
    add(.deactivate, cache, task, isNested: false, from: entry, to: ret, of: vm)
    vm.window.endBusy(at: ret)
  }

  /// Its return is not recorded.
  func giveUpDeactivation(of cache: CacheNumber, at moment: Moment) {
    guard recordsWindows, let vm = caches[cache].vm else { return }
    vm.window.cast(.incomplete)
    vm.window.endBusy(at: moment)
  }

  private mutating func add(
    _ kind: RecordedOperation.Kind, _ cache: CacheNumber?, _ task: TaskID, isNested: Bool, from begin: Moment,
    to end: Moment, of vm: VMState
  ) {
    if vm.mayHideInvalidations { vm.window.cast(.incomplete) }
    let operation = RecordedOperation(
      kind: kind, cache: cache.map { caches[$0].id }, task: task, isNested: isNested, begin: begin, end: end)
    if vm.window.add(operation) { heldOperationBytes += operation.keptBytes }
  }
}
