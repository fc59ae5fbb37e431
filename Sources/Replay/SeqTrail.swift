// How far recorded values of `mmu_invalidate_seq` move beyond what the recorded hooks explain (evidence, rule 23).

import KVMEvents
import Operations

/// The recorded values of one VM since its first, or since a gap.
struct SeqTrail {
  private var first: UInt64?
  private var last: UInt64 = 0
  /// How often the recorded end hooks can have moved it since the first value was read: more rather than fewer.
  private var explained: Int64 = 0
  /// Of the stretches before the last gap.
  private var former: Int64 = 0

  /// A probe read this value.
  mutating func see(_ seq: UInt64?, in vm: VMState) {
    guard let seq else { return }
    guard let first else {
      (first, last) = (seq, seq)
      explained = Int64(vm.invalidations.count { $0.end != nil && $0.endRet == nil })
      return
    }
    if Int64(bitPattern: seq &- first) > Int64(bitPattern: last &- first) { last = seq }
  }

  /// An end hook that may move it was entered.
  mutating func bump() { explained += 1 }

  /// Events were dropped: what moves it now may be among them.
  mutating func meetLoss() {
    former = unexplained
    (first, last, explained) = (nil, 0, 0)
  }

  var unexplained: Int64 {
    guard let first else { return former }
    return former.addingClamped(max(0, Int64(bitPattern: last &- first).subtractingClamped(explained)))
  }
}
