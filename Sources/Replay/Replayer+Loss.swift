// Dropped events: what they make unknown, and until when (evidence, rule 13).

import KVMEvents

extension Replayer {
  /// Events of one CPU were dropped after its last event and before this place.
  mutating func lose(_ event: RecordedEvent) {
    // Where the recording does not say on which CPU, the gap may be as old as the recording.
    let isPlaced = event.cpu != RecordedEvent.unknownCPU
    let gap = isPlaced ? cpus.last(on: event.cpu) : nil
    // Without any event before it, the gap began with the recording.
    let since = gap ?? Moment(id: 0, time: .min, cpu: event.cpu, thread: -1)
    rows.append(
      .loss(
        EventLoss(
          cpu: event.cpu, line: event.id, afterEvent: gap?.id, count: event[.len].map(Int64.init(truncatingIfNeeded:))))
    )
    // Every VM, seen on that CPU or not: its first events there may be among the dropped ones.
    let touched = vms.filter { !$0.isGone }
    for vm in touched { vm.meetLoss(since: since) }
    for cache in caches where cache.vm == nil { cache.taint() }
    for thread in threads.values { taint(thread, by: event.cpu) }
    pending.taint(after: gap?.id ?? 0)
    for cpu in isPlaced ? [event.cpu] : cpus.active { gapsOnCPU[cpu, default: []] += touched }
    for vm in touched { deferred(of: vm, meetLossAfter: gap?.id ?? 0) }
    // The events of other CPUs since the gap began were judged without what was dropped; this takes that back.
    rows.append(.taint(vms: touched.map(\.id), after: gap?.id ?? 0, before: event.id))
  }

  /// What a thread is in the middle of meets the loss.
  private func taint(_ thread: ThreadState, by cpu: Int32) {
    thread.recordedCount = nil
    thread.refresh?.round?.meetsLoss = true
    for index in thread.checks.indices { thread.checks[index].isTainted = true }
    if cpu == RecordedEvent.unknownCPU { thread.tear() } else { thread.meetGap(on: cpu) }
  }

  private func deferred(of vm: VMState, meetLossAfter gap: EventID) {
    for evidence in vm.deferred where evidence.test.settled.id > gap { evidence.test.round.meetsLoss = true }
  }
}
