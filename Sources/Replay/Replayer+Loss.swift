// Dropped events: what they make unknown, and until when (evidence, rule 13).

import KVMEvents

extension Replayer {
  /// Events of one CPU were dropped after its last event and before this place.
  mutating func lose(_ event: RecordedEvent) {
    let gap = lastOnCPU[event.cpu]
    rows.append(
      .loss(
        EventLoss(
          cpu: event.cpu, line: event.id, afterEvent: gap?.id, count: event[.len].map(Int64.init(truncatingIfNeeded:))))
    )
    let touched = vms.filter { !$0.isGone && $0.wasSeen(on: event.cpu) }
    for vm in touched { taint(vm, since: gap) }
    for thread in threads.values { taint(thread, by: event.cpu) }
    pending.taint(after: gap?.id ?? 0)
    gapsOnCPU[event.cpu, default: []] += touched
    for vm in touched { deferred(of: vm, meetLossAfter: gap?.id ?? 0) }
    rows.append(.taint(vms: touched.map(\.id), after: gap?.id ?? 0, before: event.id))
  }

  /// The events of other CPUs since the gap began were judged without what was dropped; the amendment takes that back.
  private func taint(_ vm: VMState, since gap: Moment?) {
    vm.mayHideInvalidations = true
    vm.memslots.doubt()
    for invalidation in vm.invalidations where invalidation.close == nil {
      invalidation.taintedSince = invalidation.taintedSince ?? gap
      invalidation.contractChecks = []
    }
    for cache in vm.caches { cache.taint() }
  }

  /// What a thread is in the middle of meets the loss; its own steps may be among the dropped events only if it was on that CPU before the
  /// gap, or is behind it.
  private func taint(_ thread: ThreadState, by cpu: Int32) {
    thread.recordedCount = nil
    thread.refresh?.round?.meetsLoss = true
    for index in thread.checks.indices { thread.checks[index].isTainted = true }
    if thread.lastCPU == cpu { thread.tear() } else { thread.gapCPUs.append(cpu) }
  }

  private func deferred(of vm: VMState, meetLossAfter gap: EventID) {
    for index in vm.deferred.indices where vm.deferred[index].test.settled.id > gap {
      vm.deferred[index].test.round.meetsLoss = true
    }
  }
}
