// How far recorded values of `mmu_invalidate_seq` move beyond what the recorded hooks explain (evidence, rule 23).

import KVMEvents
import Operations

/// The recorded values of one VM.
struct SeqTrail {
  private var first: UInt64?
  private var last: UInt64 = 0
  /// How often the recorded end hooks can have moved it since the first value was read: an upper bound.
  private var explained: Int64 = 0
  private var hasGap = false

  /// A probe read this value.
  mutating func see(_ seq: UInt64?, in vm: VMState) {
    // A move by an unrecorded invalidation is not due to another mover.
    guard let seq, !vm.mayHideInvalidations else { return }
    guard let first else {
      (first, last) = (seq, seq)
      explained = Int64(vm.invalidations.count { $0.end != nil && $0.endRet == nil })
      return
    }
    if Int64(bitPattern: seq &- first) > Int64(bitPattern: last &- first) { last = seq }
  }

  /// An end hook that may move it was entered.
  mutating func bump() { explained += 1 }

  /// Events were dropped: what moved it may be among them.
  mutating func meetLoss() { hasGap = true }

  var unexplained: Int64 {
    guard let first, !hasGap else { return 0 }
    return max(0, Int64(bitPattern: last &- first).subtractingClamped(explained))
  }
}
