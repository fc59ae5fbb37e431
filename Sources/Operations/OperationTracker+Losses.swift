// Dropped events: what they make unknown, and until when (evidence, rule 13).

import KVMEvents
import Results

extension OperationTracker {
  /// Events of one CPU were dropped after its last event and before this point.
  ///
  /// A thread may have been on that CPU between any two of its events around the gap: nothing is paired across it.
  mutating func lose(_ event: RecordedEvent) {
    // If the recording does not say on which CPU, or where on it, the gap may be as old as the recording.
    let isPlaced = event.cpu != RecordedEvent.unknownCPU && event[.flags] != RecordedEvent.lostAnywhere
    let gap = isPlaced ? cpus.last(on: event.cpu) : nil
    // Without any event before it, the gap began with the recording.
    let since = gap ?? Moment(id: 0, time: .min, cpu: event.cpu, thread: -1)
    let loss = EventLoss(
      cpu: event.cpu, line: event.id, afterEvent: gap?.id, count: event[.len].map(Int64.init(truncatingIfNeeded:)))
    let touched = loseTrack(since: since, on: isPlaced ? [event.cpu] : cpus.active, marker: event.id)
    omissions.withdraw(after: since.id)
    lossyCPUs.formUnion(isPlaced ? [event.cpu] : cpus.active)
    steps.append(.lost(loss, since: since.id, before: event.id, touched: touched))
  }

  /// Gives up all that is open, to keep memory and time bounded: from here on it is as if every CPU had dropped events
  /// right before `event`, the begins of what is open among them.
  package mutating func giveUp(before event: EventID) {
    overfullAt = nil
    let active = cpus.active
    guard let last = active.compactMap({ cpus.last(on: $0) }).max(by: { $0.id < $1.id }) else { return }
    let since = Moment(id: last.id, time: last.time, cpu: RecordedEvent.unknownCPU, thread: -1)
    let touched = loseTrack(since: since, on: active, marker: event)
    lossyCPUs.formUnion(active)
    steps.append(.lost(nil, since: since.id, before: event, touched: touched))
    for thread in threads.indices {
      if let refresh = threads[thread].refresh { forgetRounds(of: refresh) }
    }
    for vm in vms where !vm.invalidations.isEmpty || !vm.window.isEmpty {
      for invalidation in vm.invalidations where invalidation.close == nil {
        close(invalidation, of: vm, as: invalidation.end == nil ? .lost : .end)
        threads[invalidation.thread].hooks.removeAll { $0 === invalidation }
      }
      forgetInvalidations(of: vm)
      giveUpWindow(of: vm)
    }
  }

  /// Nothing is paired across a gap on these CPUs. What had no event since the last gap has nothing to lose: a
  /// recording with many of both would take their product.
  /// - Returns: the VMs that had one. Every VM that existed since is concerned, seen on that CPU or not: its first
  /// events there may be among the dropped ones.
  private mutating func loseTrack(since: Moment, on lossy: [Int32], marker: EventID) -> [VMState] {
    let touched = touchedVMs.filter { !$0.isGone || $0.lastEvent > since.id }.sorted { $0.id < $1.id }
    for vm in touched { vm.meetLoss(since: since) }
    for vm in touchedVMs { vm.isTouched = false }
    touchedVMs.removeAll(keepingCapacity: true)
    for cache in touchedCaches {
      caches[cache].isTouched = false
      if caches[cache].vm.map({ !$0.isGone }) ?? true { caches[cache].meetLoss() }
      if !caches[cache].isMoved {
        caches[cache].isMoved = true
        movedCaches.append(cache)
      }
    }
    touchedCaches.removeAll(keepingCapacity: true)
    for thread in touchedThreads.sorted() {
      threads[thread].isTouched = false
      tear(thread, since: since)
    }
    touchedThreads.removeAll(keepingCapacity: true)
    counts.removeAll()
    for cpu in lossy { gapsOnCPU[cpu] = marker }
    return touched
  }

  /// Applies the loss to the operation that a thread is in.
  private mutating func tear(_ thread: ThreadNumber, since gap: Moment) {
    threads[thread].recordedCount = nil
    threads[thread].unpairedStartRet = nil
    threads[thread].request = nil
    threads[thread].memoryRegion = nil
    giveUpChecks(of: thread)
    if let cache = threads[thread].deactivating?.cache {
      giveUpDeactivation(of: cache, at: gap)
      threads[thread].deactivating = nil
    }
    tearRefresh(of: thread, at: gap)
  }
}
