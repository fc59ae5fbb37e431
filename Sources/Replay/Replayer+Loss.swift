// Dropped events: what they make unknown, and until when (evidence, rule 13).

import KVMEvents

extension Replayer {
  /// Events of one CPU were dropped after its last event and before this place.
  mutating func lose(_ event: RecordedEvent) {
    let gap = lastOnCPU[event.cpu]
    rows.append(
      .loss(
        EventLoss(
          cpu: event.cpu, line: event.id, afterEvent: gap?.id, count: event[.len].map(Int64.init(truncatingIfNeeded:)))))
    let touched = vms.filter { !$0.isGone && $0.wasSeen(on: event.cpu) }
    for vm in touched { taint(vm, since: gap) }
    for thread in threads.values { taint(thread) }
    pending.taint(after: gap)
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

  /// Any step of what a thread is in the middle of may be among the dropped events.
  private func taint(_ thread: ThreadState) {
    thread.countOfZero = nil
    thread.refresh?.round?.isTainted = true
    thread.refresh?.isTainted = true
    for index in thread.checks.indices { thread.checks[index].isTainted = true }
  }
}
