// Dropped events: what they make unknown, and until when (evidence, rule 13).

import KVMEvents

extension Replayer {
  /// Events of one CPU were dropped after its last event and before this place.
  mutating func lose(_ event: RecordedEvent) {
    // Where the recording does not say on which CPU, or where on it, the gap may be as old as the recording.
    let isPlaced = event.cpu != RecordedEvent.unknownCPU && event[.flags] != RecordedEvent.lostAnywhere
    let gap = isPlaced ? cpus.last(on: event.cpu) : nil
    // Without any event before it, the gap began with the recording.
    let since = gap ?? Moment(id: 0, time: .min, cpu: event.cpu, thread: -1)
    rows.append(
      .loss(
        EventLoss(
          cpu: event.cpu, line: event.id, afterEvent: gap?.id, count: event[.len].map(Int64.init(truncatingIfNeeded:))))
    )
    // Every VM that lived since, seen on that CPU or not: its first events there may be among the dropped ones.
    let touched = vms.filter { !$0.isGone || $0.lastEvent > gap?.id ?? 0 }
    for vm in touched {
      vm.meetLoss(since: since)
      for cache in vm.caches { caches[cache].taint() }
    }
    for cache in caches.indices where caches[cache].vm == nil { caches[cache].taint() }
    for thread in threads.indices { taint(thread, by: isPlaced ? event.cpu : RecordedEvent.unknownCPU) }
    pending.taint(after: gap?.id ?? 0, &rounds)
    for cpu in isPlaced ? [event.cpu] : cpus.active { gapsOnCPU[cpu, default: []] += touched }
    for vm in touched { deferred(of: vm, meetLossAfter: gap?.id ?? 0) }
    // The events of other CPUs since the gap began were judged without what was dropped; this takes that back.
    rows.append(.taint(vms: touched.map(\.id), after: gap?.id ?? 0, before: event.id))
  }

  /// What a thread is in the middle of meets the loss.
  private mutating func taint(_ thread: ThreadNumber, by cpu: Int32) {
    threads[thread].recordedCount = nil
    if let round = round(of: thread) { rounds[round].meetsLoss = true }
    for index in threads[thread].checks.indices { threads[thread].checks[index].isTainted = true }
    if cpu == RecordedEvent.unknownCPU || threads[thread].meetGap(on: cpu) { tear(thread) }
  }

  /// Events of its own may be missing from what the thread is in the middle of.
  mutating func tear(_ thread: ThreadNumber) {
    guard let refresh = threads[thread].refresh else { return }
    if let round = refreshes[refresh].round { rounds[round].isTorn = true }
    refreshes[refresh].isTorn = true
  }

  private func deferred(of vm: VMState, meetLossAfter gap: EventID) {
    for index in vm.deferred.indices where vm.deferred[index].test.settled.id > gap { vm.deferred[index].meetLoss() }
  }
}
