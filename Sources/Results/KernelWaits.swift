// What the recorded kernel waited itself, if its form waits.

import KVMEvents

/// Waits for invalidations inside recorded rounds: delays of the kernel, not of its threads.
package struct KernelWaits: Sendable, Equatable {
  package var byCause = FormCosts.ByCause()
  /// On the wait queue; otherwise a busy-wait.
  package var areAsleep = false
  package var ns: Int64 = 0
  /// Of these, in rounds that were repeated.
  package var inRepeatedRoundsNs: Int64 = 0
  /// The most that one refresh lost to retries and waits.
  package var stallMaxNs: Int64 = 0
  /// false: some may lie between moments that are not recorded.
  package var areKnown = true

  package init() {}

  /// In another VM.
  package mutating func add(_ other: KernelWaits) {
    byCause.add(other.byCause)
    areAsleep = areAsleep || other.areAsleep
    ns.addClamped(other.ns)
    inRepeatedRoundsNs.addClamped(other.inRepeatedRoundsNs)
    stallMaxNs = max(stallMaxNs, other.stallMaxNs)
    areKnown = areKnown && other.areKnown
  }
}
