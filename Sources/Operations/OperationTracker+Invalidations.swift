// The notifier's hooks: `kvm_mmu_notifier_invalidate_range_start()` and `_end()`, and the walk of the caches in one of
// them.

import KVMEvents
import Results

extension OperationTracker {
  mutating func invalidateRangeStart(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    threads[thread].unpairedStartRet = nil
    guard let vm = vm(ofHook: event), let range = event.range else { return }
    // A start hook calls no other one: one that has not returned did so unrecorded.
    for former in threads[thread].hooks
    where !former.isTorn && former.start != nil && former.startRet == nil && former.end == nil {
      omissions.noteUnpaired(lacking: .mnInvalidateRangeStartRet, at: moment.id)
    }
    // The next start of the same thread and notifier: usually the previous one is over and its end was lost (evidence,
    // rule 13). But a change of protection may split a huge page between its hooks: then its end is still to come.
    for former in threads[thread].hooks where former.vm === vm && !former.isTorn {
      if former.end != nil {
        omissions.noteUnpaired(lacking: .mnInvalidateRangeEndRet, at: moment.id)
      } else if former.range == range {
        omissions.noteUnpaired(lacking: .mnInvalidateRangeEnd, at: moment.id)
      }
    }
    giveUpHooks(of: vm, thread, at: moment) { $0.isTorn || $0.end != nil || $0.range == range }
    for former in threads[thread].hooks where former.vm === vm { vm.doubt(former, since: moment) }
    beginBusy(vm, moment)
    let invalidation = open(range, event, of: vm, thread, start: moment, at: moment)
    invalidation.recordedSeq = event[.seq]
    invalidation.isNested = threads[thread].refresh != nil || !threads[thread].checks.isEmpty
    var host = threads[thread].refresh.map { refreshes[$0].begin }
    if let round = round(of: thread) {
      host = rounds[round].firstEvent
      if rounds[round].lookupRet == nil { invalidation.selfLookup = rounds[round].lookup?.id }
    }
    place.set(invalidation, in: host)
    noteCount(event, of: vm, thread, moment, isAlways: true)
    steps.append(.began(invalidation))
  }

  mutating func gpcInvalidateStart(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let kvm = event.kvm, let range = event.range else { return }
    let vm = vm(of: kvm, event)
    let hook = threads[thread].hooks.last { $0.vm === vm && $0.walk == nil && $0.range == range && !$0.isTorn }
    let invalidation: InvalidationState
    // In the end hook only if a start hook, or that end hook's return, would have been recorded.
    if let hook, hook.end != nil, hook.start != nil || probes.has(.mnInvalidateRangeEndRet) {
      invalidation = hook
      invalidation.walkIsInEndHook = true
      walkHook = .end
    } else if let hook, hook.end == nil, hook.startRet == nil {
      invalidation = hook
      invalidation.walkIsInEndHook = false
      walkHook = walkHook ?? .start
    } else {
      // Without its hook (lost, or from before the recording) the walk alone shows that it runs.
      invalidation = open(range, event, of: vm, thread, start: nil, at: moment)
      invalidation.walkIsInEndHook = walkHook.map { $0 == .end }
      steps.append(.began(invalidation))
      giveUpHooks(of: vm, thread, at: moment) { $0.isTorn || $0.end != nil }
    }
    invalidation.walk = moment
    place.set(invalidation)
    steps.append(.walkBegan(invalidation, moment))
  }

  mutating func invalidateRangeStartRet(_ thread: ThreadNumber, _ moment: Moment) {
    guard let invalidation = threads[thread].hooks.last(where: { $0.startRet == nil && $0.end == nil }),
      isOfStartHook(invalidation)
    else {
      threads[thread].unpairedStartRet = moment
      return
    }
    if !invalidation.isTorn {
      invalidation.startRet = moment
      place.set(invalidation)
    } else {
      threads[thread].unpairedStartRet = moment
    }
    if invalidation.walkIsInEndHook != true { steps.append(.walkEnded(invalidation, moment)) }
  }

  /// A walk without a recorded hook may have been in an end hook, whose return is not recorded either.
  private func isOfStartHook(_ invalidation: InvalidationState) -> Bool {
    invalidation.start != nil || invalidation.startRet != nil || invalidation.walkIsInEndHook == false
      || probes.has(.mnInvalidateRangeEndRet)
  }

  mutating func invalidateRangeEnd(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let vm = vm(ofHook: event), let range = event.range else { return }
    // Across a gap it may be the end of another one over the same range, whose start was dropped.
    let hook = threads[thread].hooks.first {
      $0.vm === vm && $0.end == nil && $0.range == range && !$0.isTorn && isOfStartHook($0)
    }
    let invalidation = hook ?? open(range, event, of: vm, thread, start: nil, at: moment)
    invalidation.end = moment
    invalidation.doubtedSince = nil
    // The next events may not be recorded, and no longer matter.
    place.set(invalidation, isWhole: invalidation.start != nil)
    invalidation.hitsMemslot = hitsMemslot(invalidation)
    if hook == nil {
      steps.append(.began(invalidation))
      giveUpHooks(of: vm, thread, at: moment) { $0.isTorn || $0.end == nil && $0.range == range }
    }
    // Without the start hook's return, a walk in it is known to be over only here.
    if invalidation.startRet == nil && invalidation.walkIsInEndHook == false {
      steps.append(.walkEnded(invalidation, moment))
    }
    noteCount(event, of: vm, thread, moment, isAlways: true)
    steps.append(.endEntered(invalidation))
  }

  private mutating func hitsMemslot(_ invalidation: InvalidationState) -> Bool? {
    invalidation.vm.memslots.hits(
      invalidation.range, since: invalidation.start, order,
      areAllProbed: probes.has(.setMemoryRegion) && probes.has(.setMemoryRegionRet))
  }

  mutating func invalidateEndKvm(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let kvm = event.kvm else { return }
    let vm = vm(of: kvm, event)
    if let hook = threads[thread].hooks.last(where: { $0.vm === vm && $0.end != nil && $0.endKvm == nil }) {
      // Across a gap it may belong to another one: that one's own is then earlier.
      if hook.isTorn { return }
      hook.endKvm = moment
      place.set(hook)
    } else if let range = event.range {
      // The hook's entry is not recorded: it was open when the recording (or a gap) ended, and its end is in progress.
      let invalidation = open(range, event, of: vm, thread, start: nil, at: moment)
      invalidation.end = moment
      invalidation.endKvm = moment
      place.set(invalidation)
      invalidation.hitsMemslot = hitsMemslot(invalidation)
      steps.append(.began(invalidation))
      giveUpHooks(of: vm, thread, at: moment) { $0.isTorn }
    }
  }

  mutating func invalidateRangeEndRet(_ thread: ThreadNumber, _ moment: Moment) {
    // The last: the remains of another end hook whose return was lost.
    guard
      let index = threads[thread].hooks.indices.filter({ threads[thread].hooks[$0].end != nil }).max(by: {
        threads[thread].hooks[$0].end?.id ?? 0 < threads[thread].hooks[$1].end?.id ?? 0
      })
    else {
      endHookOfWalk(thread, moment)
      return
    }
    let invalidation = threads[thread].hooks.remove(at: index)
    // Across a gap it may belong to another one: that one's own is then earlier.
    if invalidation.isTorn {
      invalidation.overBy = moment
    } else {
      invalidation.endRet = moment
      place.set(invalidation)
    }
    if invalidation.walkIsInEndHook != false { steps.append(.walkEnded(invalidation, moment)) }
    close(invalidation, of: invalidation.vm, as: .end)
  }

  /// An end hook without a recorded entry returns: if the last known event of the thread was a walk, it lay in that
  /// hook.
  private mutating func endHookOfWalk(_ thread: ThreadNumber, _ moment: Moment) {
    guard let invalidation = threads[thread].hooks.last, !invalidation.isTorn, invalidation.walk != nil,
      invalidation.walkIsInEndHook != false, invalidation.startRet == nil
    else { return }
    invalidation.walkIsInEndHook = true
    walkHook = .end
    place.set(invalidation)
    steps.append(.walkEnded(invalidation, moment))
    giveUpHooks(of: invalidation.vm, thread, at: moment) { $0 === invalidation }
  }

  /// What the kernel does in the start hook (`kvm_unmap_hva_range`), or before the end hook.
  mutating func seeInHook(_ event: borrowing RecordedEvent, _ thread: ThreadNumber) {
    let isInStartHook = event.kind == .kvmUnmapHvaRange
    let hook = threads[thread].hooks.last {
      $0.end == nil && !$0.isTorn && !(isInStartHook && $0.startRet != nil)
    }
    if let hook { place.set(hook) }
  }

  /// What this thread is doing now is impossible inside these: they are over.
  private mutating func giveUpHooks(
    of vm: VMState, _ thread: ThreadNumber, at moment: Moment, where isOver: (InvalidationState) -> Bool
  ) {
    for former in threads[thread].hooks where former.vm === vm && isOver(former) {
      former.overBy = moment
      close(former, of: vm, as: former.end == nil ? .lost : .end)
    }
    threads[thread].hooks.removeAll { $0.close != nil }
  }

  /// Huge pages of two sizes can be split one in another; deeper nesting means missing ends.
  private static var nestingMax: Int { 4 }

  private mutating func open(
    _ range: HVARange, _ event: RecordedEvent, of vm: VMState, _ thread: ThreadNumber, start: Moment?, at moment: Moment
  ) -> InvalidationState {
    // Its start hook has returned in a gap, or unpaired after one. A walk shows itself how far the hook was.
    let upBy =
      event.kind == .gpcInvalidateStart || vm.gapEnd == nil ? nil : threads[thread].unpairedStartRet ?? vm.gapEnd
    if start == nil { vm.unexplainedMost = nil }
    if start == nil && !vm.mayHideInvalidations {
      // It was not counted yet when a recorded count showed that nothing unseen was in flight.
      steps.append(.doubted(vm, since: vm.knownSince?.id ?? vm.firstEvent, before: moment.id))
      if vm.wasAllRecorded { omissions.noteUnpaired(lacking: .mnInvalidateRangeStart, at: moment.id) }
    }
    invalidationCount += 1
    let invalidation = InvalidationState(
      id: invalidationCount, vm: vm, thread: thread, task: event.task, range: range,
      mnEvent: event[.mnEvent].map { UInt32(truncatingIfNeeded: $0) }, firstEvent: event.id, start: start,
      upBy: upBy)
    vm.invalidations.append(invalidation)
    heldInvalidations += 1
    vm.openCount += 1
    if vm.openCount > openInvalidationsMax { overfullAt = openInvalidationsMax }
    if threads[thread].hooks.count(where: { $0.vm === vm }) >= Self.nestingMax,
      let oldest = threads[thread].hooks.first(where: { $0.vm === vm })
    {
      giveUpHooks(of: vm, thread, at: moment) { $0 === oldest }
    }
    threads[thread].hooks.append(invalidation)
    return invalidation
  }

  mutating func close(_ invalidation: InvalidationState, of vm: VMState, as close: Invalidation.Close) {
    if invalidation.close == nil { vm.openCount -= 1 }
    invalidation.close = close
    record(invalidation, of: vm, close)
    steps.append(.closed(invalidation))
  }

  // MARK: Recorded counts

  /// Keeps a recorded `mn_active_invalidate_count` where it can prove something; it was read before the thread's next
  /// event. In a hook it always can, and at a loop's top where the test has no probe; the count of a retry test's probe
  /// is compared with the test.
  /// - Parameter isAlways: not only while it is in doubt whether all of the VM's hooks are recorded.
  mutating func noteCount(
    _ event: RecordedEvent, of vm: VMState, _ thread: ThreadNumber, _ moment: Moment, isAlways: Bool = false
  ) {
    guard isAlways || vm.isInDoubt, let count = event[.activeInvalidations] else { return }
    threads[thread].recordedCount = RecordedCount(vm: vm, count: count, low: moment)
  }

  /// Evaluates the counts that were recorded before this time.
  /// - Parameter time: nanoseconds of the trace clock; nil: the recording is over.
  @inline(__always)
  package mutating func settleCounts(before time: Int64?) {
    if counts.isEmpty { return }
    while let (recorded, high) = counts.popFirst(settledBefore: time, deltaNs: order.deltaNs) {
      settle(recorded, before: high)
    }
  }

  /// If the recorded count equals the number of invalidations certainly in flight, nothing unseen is in flight, and
  /// those that lost their end are over (evidence, rule 13; 0 is the simplest case).
  private mutating func settle(_ recorded: RecordedCount, before high: Moment) {
    let vm = recorded.vm
    guard vm.isInDoubt else { return holdAgainstHooks(recorded, before: high) }
    let hasEndKvm = probes.has(.mnInvalidateEndKvm)
    let inFlight = vm.invalidations.count {
      $0.surelyUp(before: recorded.low, order) && $0.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
    }
    guard recorded.count == inFlight else { return }
    vm.endDoubt(at: high)
    // One that had only entered its start hook may not have been counted yet.
    for invalidation in vm.invalidations
    where invalidation.isInDoubt && invalidation.surelyUp(before: recorded.low, order) {
      invalidation.overBy = high
      close(invalidation, of: vm, as: .lost)
      threads[invalidation.thread].hooks.removeAll { $0 === invalidation }
    }
    steps.append(.doubtEnded(vm))
  }

  /// Nothing unseen may be in flight: then the count is that of the recorded invalidations (evidence, rule 19).
  private mutating func holdAgainstHooks(_ recorded: RecordedCount, before high: Moment) {
    let vm = recorded.vm
    guard !hasUntiedNotifier, !vm.mayHideInvalidations(since: recorded.low, order) else { return }
    let hasEndKvm = probes.has(.mnInvalidateEndKvm)
    var bounds = CountBounds()
    for invalidation in vm.invalidations where !invalidation.surelyNotUp(before: high, order) {
      if invalidation.isFromBefore || invalidation.close == .lost { return }
      if invalidation.surelyDown(before: recorded.low, order) { continue }
      bounds.most += 1
      if invalidation.surelyUp(before: recorded.low, order),
        invalidation.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
      {
        bounds.least += 1
      }
    }
    hold(recorded.count, against: bounds, of: vm, at: recorded.low.id)
  }

  /// A count that was recorded where nothing unseen should be in flight (evidence, rule 19).
  ///
  /// One start hook per thread may have been entered before the recording (or in a gap) and count only now. It shows
  /// later, at its end hook at the latest: only if the count drops back before that was it omitted.
  package mutating func hold(_ count: UInt64, against bounds: CountBounds, of vm: VMState, at event: EventID) {
    if count < bounds.least { omissions.note(.countBelow, at: event, missing: bounds.least - count) }
    if count > bounds.most {
      let missing = count - bounds.most
      if vm.wasAllRecorded {
        omissions.note(.countAbove, at: event, missing: missing)
      } else {
        vm.unexplainedMost = max(vm.unexplainedMost ?? 0, missing)
      }
    } else if let most = vm.unexplainedMost, count <= bounds.least {
      vm.unexplainedMost = nil
      omissions.note(.countAbove, at: event, missing: most)
    }
  }

  // MARK: Bounds

  /// Drops the invalidations that neither a running round can look back to, nor anything that still waits from `oldest`
  /// on.
  /// - Parameter oldest: nanoseconds of the trace clock; nil: nothing waits.
  package mutating func prune(_ vm: VMState, now: Int64, keepingSince waiting: Int64?) {
    let needed = min(now, waiting ?? now)
    var oldest = needed
    for refresh in vm.openRefreshes {
      if let round = refreshes[refresh].round {
        oldest = min(oldest, rounds[round].snapshotLow.time)
      } else if let entry = refreshes[refresh].entry {
        oldest = min(oldest, entry.time)
      }
    }
    let heldBefore = vm.invalidations.count
    vm.invalidations = vm.invalidations.filter { mayBeUp($0, at: oldest) }
    if vm.invalidations.count > Self.invalidationsMax { halve(vm, needed: needed) }
    // Each test and each check passes over those that are not surely over.
    if vm.invalidations.count > openInvalidationsMax,
      vm.invalidations.count(where: { mayBeUp($0, at: now) }) > openInvalidationsMax
    {
      overfullAt = openInvalidationsMax
    }
    vm.pruneAt = max(VMState.pruneMin, vm.invalidations.count * 2)
    heldInvalidations -= heldBefore - vm.invalidations.count
  }

  private func mayBeUp(_ invalidation: InvalidationState, at time: Int64) -> Bool {
    guard invalidation.close != nil, let over = invalidation.endRet ?? invalidation.overBy else { return true }
    return over.time &+ order.deltaNs >= time
  }

  /// A round that never ends would keep every later invalidation: of those that are over the older half is dropped, and
  /// the round becomes unknown.
  /// - Parameter needed: what may be up from there on is not dropped, if all can be given up instead: something that
  ///   waits would be decided without it.
  private mutating func halve(_ vm: VMState, needed: Int64) {
    let middle = vm.invalidations.count / 2
    let older = vm.invalidations[..<middle]
    if openInvalidationsMax < .max, older.contains(where: { $0.close != nil && mayBeUp($0, at: needed) }) {
      overfullAt = Self.invalidationsMax
      return
    }
    // The open ones stay: later events depend on them.
    vm.invalidations = older.filter { $0.close == nil } + vm.invalidations[middle...]
    for case let round? in vm.openRefreshes.map({ refreshes[$0].round }) { rounds[round].isTorn = true }
  }

  func forgetInvalidations(of vm: VMState) {
    vm.invalidations.removeAll()
    vm.pruneAt = VMState.pruneMin
    vm.openCount = 0
  }

  /// Of one VM.
  private static var invalidationsMax: Int { 8192 }
}
