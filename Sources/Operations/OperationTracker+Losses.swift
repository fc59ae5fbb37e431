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
    // Every VM that existed since, seen on that CPU or not: its first events there may be among the dropped ones.
    let touched = vms.filter { !$0.isGone || $0.lastEvent > gap?.id ?? 0 }
    for vm in touched { vm.meetLoss(since: since) }
    for cache in caches.indices where caches[cache].vm.map({ !$0.isGone }) ?? true { caches[cache].meetLoss() }
    for thread in threads.indices { tear(thread, since: since) }
    counts.removeAll()
    omissions.withdraw(after: since.id)
    lossyCPUs.formUnion(isPlaced ? [event.cpu] : cpus.active)
    for cpu in isPlaced ? [event.cpu] : cpus.active { gapsOnCPU[cpu, default: []] += touched }
    steps.append(.lost(loss, since: since.id, touched: touched))
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
