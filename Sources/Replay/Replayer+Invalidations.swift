// The notifier's hooks: `kvm_mmu_notifier_invalidate_range_start()` and `_end()`, and the walk of the caches between.

import KVMEvents

extension Replayer {
  mutating func invalidateRangeStart(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let vm = vm(ofHook: event), let range = event.range else { return }
    // The next start of the same thread and notifier: the one before is over, its end was lost (evidence, rule 13).
    for (owner, former) in threads[thread].hooks where owner === vm {
      former.overBy = moment
      close(former, of: vm, as: former.end == nil || former.isInDoubt ? .lost : .end)
    }
    threads[thread].hooks.removeAll { $0.vm === vm }
    beginBusy(vm, moment)
    let invalidation = open(range, event, of: vm, thread, start: moment)
    invalidation.isNested = threads[thread].refresh != nil || !threads[thread].checks.isEmpty
    if let round = round(of: thread), rounds[round].lookupRet == nil {
      invalidation.selfLookup = rounds[round].lookup?.id
    }
    noteCount(event, of: vm, thread, moment)
  }

  mutating func gpcInvalidateStart(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let kvm = event.kvm, let range = event.range else { return }
    let vm = vm(of: kvm, event)
    let hook = threads[thread].hooks.last {
      $0.vm === vm && $0.invalidation.walk == nil && $0.invalidation.range == range
    }
    // Without its start hook (lost, or from before the recording) the walk alone says that it runs.
    let invalidation = hook?.invalidation ?? open(range, event, of: vm, thread, start: nil)
    invalidation.walk = moment
    walk(vm, range, moment)
  }

  /// `gfn_to_pfn_cache_invalidate_start()`: takes `valid` from the caches of the range, each under its lock, before the hook returns.
  private mutating func walk(_ vm: VMState, _ range: HVARange, _ moment: Moment) {
    for cache in vm.caches where caches[cache].isActive != false {
      guard let uhva = caches[cache].uhva else {
        caches[cache].taint()
        continue
      }
      if !uhva.isError && range.contains(uhva.page) {
        caches[cache].validity.change(to: false, after: moment, order)
      }
    }
  }

  mutating func invalidateRangeStartRet(_ thread: ThreadNumber, _ moment: Moment) {
    guard
      let (vm, invalidation) = threads[thread].hooks.last(where: {
        $0.invalidation.startRet == nil && $0.invalidation.end == nil
      })
    else { return }
    invalidation.startRet = moment
    settleWalk(of: invalidation, vm, before: moment)
  }

  private mutating func settleWalk(of invalidation: InvalidationState, _ vm: VMState, before moment: Moment) {
    guard let walk = invalidation.walk else { return }
    for cache in vm.caches { caches[cache].validity.settle(after: walk, before: moment) }
  }

  mutating func invalidateRangeEnd(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let vm = vm(ofHook: event), let range = event.range else { return }
    let hook = threads[thread].hooks.first {
      $0.vm === vm && $0.invalidation.end == nil && $0.invalidation.range == range
    }
    let invalidation = hook?.invalidation ?? open(range, event, of: vm, thread, start: nil)
    invalidation.end = moment
    invalidation.taintedSince = nil
    // Without the start hook's return, the walk is known to be over only here.
    if invalidation.startRet == nil { settleWalk(of: invalidation, vm, before: moment) }
    invalidation.hitsMemslot = vm.memslots.hits(range)
    markStale(vm, by: invalidation)
    noteCount(event, of: vm, thread, moment)
    let checks = invalidation.contractChecks
    invalidation.contractChecks = []
    for check in checks { reportContract(check, invalidation) }
  }

  mutating func invalidateEndKvm(_ event: RecordedEvent, _ thread: ThreadNumber, _ moment: Moment) {
    guard let kvm = event.kvm else { return }
    let vm = vm(of: kvm, event)
    if let hook = threads[thread].hooks.last(where: { $0.vm === vm && $0.invalidation.end != nil }) {
      hook.invalidation.endKvm = moment
    } else if let range = event.range {
      // The hook's entry is not recorded: it was open when the recording (or a gap) ended, and its end is under way.
      let invalidation = open(range, event, of: vm, thread, start: nil)
      invalidation.end = moment
      invalidation.endKvm = moment
      invalidation.hitsMemslot = vm.memslots.hits(range)
    }
  }

  mutating func invalidateRangeEndRet(_ thread: ThreadNumber, _ moment: Moment) {
    // The last: what is left of another end hook before it lost its return.
    guard
      let index = threads[thread].hooks.indices.filter({ threads[thread].hooks[$0].invalidation.end != nil }).max(by: {
        threads[thread].hooks[$0].invalidation.end?.id ?? 0 < threads[thread].hooks[$1].invalidation.end?.id ?? 0
      })
    else { return }
    let (vm, invalidation) = threads[thread].hooks.remove(at: index)
    invalidation.endRet = moment
    invalidation.taintedSince = nil
    close(invalidation, of: vm, as: .end)
  }

  private mutating func open(
    _ range: HVARange, _ event: RecordedEvent, of vm: VMState, _ thread: ThreadNumber, start: Moment?
  ) -> InvalidationState {
    invalidationCount += 1
    let invalidation = InvalidationState(
      id: invalidationCount, thread: thread, task: event.task, range: range,
      mnEvent: event[.mnEvent].map { UInt32(truncatingIfNeeded: $0) }, start: start, upBy: vm.gapEnd)
    if vm.invalidations.count >= vm.pruneAt { prune(vm, now: event.time.rawValue) }
    vm.invalidations.append(invalidation)
    // What was hidden so far has shown itself: it may be what waiting tests saw.
    if start == nil {
      for index in vm.deferred.indices { vm.deferred[index].add(invalidation) }
    }
    threads[thread].hooks.append((vm, invalidation))
    return invalidation
  }

  mutating func close(_ invalidation: InvalidationState, of vm: VMState, as close: Invalidation.Close) {
    invalidation.close = close
    record(invalidation, of: vm, close)
    rows.append(.invalidation(invalidation.row(vm.id)))
    if !vm.deferred.isEmpty { decideDeferred(of: vm) }
  }

  /// Keeps a recorded `mn_active_invalidate_count` where it can prove something; it was read before the thread's next event.
  mutating func noteCount(_ event: RecordedEvent, of vm: VMState, _ thread: ThreadNumber, _ moment: Moment) {
    guard vm.isInDoubt, let count = event[.activeInvalidations] else { return }
    threads[thread].recordedCount = RecordedCount(vm: vm, count: count, low: moment)
  }

  /// If the recorded count is that of the invalidations that are surely in flight, then nothing unseen is, and what lost its end is over
  /// (evidence, rule 13; 0 is the plainest case).
  mutating func decide(_ recorded: RecordedCount, before high: Moment) {
    let vm = recorded.vm
    guard vm.isInDoubt else { return }
    let hasEndKvm = probes.has(.mnInvalidateEndKvm)
    let inFlight = vm.invalidations.count {
      $0.surelyUp(before: recorded.low, order) && $0.surelyNotDown(before: high, order, hasEndKvm: hasEndKvm)
    }
    guard recorded.count == inFlight else { return }
    vm.mayHideInvalidations = false
    defer { decideDeferred(of: vm) }
    for invalidation in vm.invalidations where invalidation.isInDoubt {
      invalidation.overBy = high
      close(invalidation, of: vm, as: .lost)
      threads[invalidation.thread].hooks.removeAll { $0.invalidation === invalidation }
    }
  }

  /// Drops the invalidations that no running round and no waiting test can look back to.
  private mutating func prune(_ vm: VMState, now: Int64) {
    var oldest = min(now, pending.oldestSnapshot(rounds) ?? now)
    for refresh in vm.openRefreshes {
      if let round = refreshes[refresh].round {
        oldest = min(oldest, rounds[round].snapshotLow.time)
      } else if let entry = refreshes[refresh].entry {
        oldest = min(oldest, entry.time)
      }
    }
    let kept = vm.invalidations.filter { invalidation in
      guard invalidation.close != nil, let over = invalidation.endRet ?? invalidation.overBy else { return true }
      return over.time &+ options.deltaNs >= oldest
    }
    vm.invalidations = kept
    if vm.invalidations.count > Self.invalidationsMax {
      vm.invalidations.removeFirst(vm.invalidations.count / 2)
      for case let round? in vm.openRefreshes.map({ refreshes[$0].round }) { rounds[round].isTorn = true }
    }
    vm.pruneAt = max(VMState.pruneMin, vm.invalidations.count * 2)
  }

  /// A round that never ends would keep every later invalidation: beyond this the older half goes and the round becomes unknown.
  private static var invalidationsMax: Int { 32_768 }
}
