// What the replay keeps at most, and what it gives up beyond that.

import GPCProtocol
import KVMEvents
import Operations
import Results

extension Replayer {
  /// Besides what is counted: the program, the database's caches, what a reader and a report need.
  package static var reservedBytes: Int { 64 << 20 }

  /// How many events pass between two looks at what is kept.
  private static var spacing: Int { 64 }

  /// Called before each event.
  @inline(__always)
  mutating func keepBounds(before event: EventID) {
    uncheckedCount += 1
    if uncheckedCount >= Self.spacing || operations.overfullAt != nil { look(before: event) }
  }

  private mutating func look(before event: EventID) {
    uncheckedCount = 0
    if let limit = operations.overfullAt { giveUp(.openInvalidations, limit: limit, before: event) }
    let budget = options.memoryMax - Self.reservedBytes
    guard keptBytes > budget else { return }
    giveUp(.memory, limit: options.memoryMax, before: event)
  }

  /// All that is open becomes unknown, as in a gap on every CPU right before this event (evidence, rule 13). What waits
  /// is decided first, without what could still have come.
  private mutating func giveUp(_ bound: GivenUp.Bound, limit: Int, before event: EventID) {
    pending.taint(after: .min) { operations.meetLoss($0) }
    while let next = pending.popFirst() { decide(next) }
    for vm in operations.vms where deferred[vm.id] != nil {
      deferred[vm.id]?.meetLoss(since: .min)
      decideDeferred(of: vm, isLast: true)
    }
    decideChecks(of: undecidedChecks.keys.sorted(), lostSince: .min)
    operations.giveUp(before: event)
    judgeSteps(now: lastTime)
    settleWatches(before: lastTime)
    // Threads, VMs, caches and memslots stay: if they alone are that many, the next time would come soon, and again.
    isStopped = keptBytes > (options.memoryMax - Self.reservedBytes) / 2
    rows.append(.givenUp(GivenUp(bound: bound, limit: Int64(limit), event: event, endsReplay: isStopped)))
  }

  /// The VMs of which events were not judged any more; none unless the replay was stopped.
  package var unjudgedVMs: [Int32] { isStopped ? operations.vms.map(\.id) : [] }

  /// As measured with 100,000 caches (`tools/bench curves mapped-caches`): its states, its places in indices, the
  /// invalidation that it holds.
  private static var cacheBytes: Int { 4096 }
  /// With what a comparison keeps of it.
  private static var comparedCacheBytes: Int { 6144 }

  /// Bytes of what is kept, by the sizes of the tables.
  private var keptBytes: Int {
    // An array that grows exists twice for a moment, at one and a half to three times its contents.
    let caches = operations.caches.count * (operations.recordsWindows ? Self.comparedCacheBytes : Self.cacheBytes)
    let waiting =
      pending.count * (MemoryLayout<PendingDecision>.stride + MemoryLayout<PendingCheck>.stride)
      + undecidedCount * 2 * MemoryLayout<PendingCheck>.stride
      + deferredCount * MemoryLayout<RetryEvidence>.stride * 2 + deferredReferences * 2 * MemoryLayout<Int>.stride
      + contractReferences * (MemoryLayout<PendingCheck>.stride + 4 * MemoryLayout<Int>.stride)
    return operations.keptBytes + caches + waiting
  }
}

extension [RetryEvidence] {
  /// Events were dropped after this one while these tests waited.
  mutating func meetLoss(since event: EventID) {
    for index in indices where self[index].test.settled.id > event { self[index].meetLoss() }
  }
}
