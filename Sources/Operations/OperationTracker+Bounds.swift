// What the tracker keeps, in bytes.

import KVMEvents
import Results

extension OperationTracker {
  /// By the sizes of the tables: an estimate that costs nothing per event. An array or a dictionary that grows exists
  /// twice for a moment, at one and a half to three times its contents.
  package var keptBytes: Int {
    // Each in a check, at most: nested ones are rare.
    let threadBytes =
      threads.count
      * (2 * MemoryLayout<ThreadState>.stride + 12 * MemoryLayout<Int64>.stride
        + MemoryLayout<CheckState>.stride)
    let vmBytes = vms.count * Self.vmBytes + heldMemslots * MemoryLayout<Memslot>.stride * 3
    let invalidationBytes = heldInvalidations * Self.invalidationBytes
    let refreshBytes =
      refreshes.capacity * MemoryLayout<RefreshState>.stride + rounds.capacity * MemoryLayout<RoundState>.stride
    return threadBytes + vmBytes + invalidationBytes + refreshBytes + heldOperationBytes
      + counts.count * 3 * MemoryLayout<RecordedCount>.stride
  }

  /// An event that is not taken: its probe is there all the same.
  package mutating func pass(over event: borrowing RecordedEvent) { probes.see(event.kind) }

  /// With its tables, and what the replay keeps of it.
  private static var vmBytes: Int { 4096 }

  /// With its places in lists.
  private static var invalidationBytes: Int { 640 }
}

extension RecordedOperation {
  var keptBytes: Int {
    var count = 0
    if case .refresh(let refresh) = kind { count = refresh.rounds.count }
    // In the list of the current window, and in that of a window that is over.
    return 2 * MemoryLayout<RecordedOperation>.stride + count * RecordedRefresh.Round.keptBytes
  }
}

extension RecordedRefresh.Round {
  /// In an array that grows.
  static var keptBytes: Int { 2 * MemoryLayout<RecordedRefresh.Round>.stride }
}
