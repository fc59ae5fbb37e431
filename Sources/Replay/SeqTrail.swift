// How far recorded values of `mmu_invalidate_seq` move beyond what the recorded hooks explain (evidence, rule 23).

import KVMEvents
import Operations

/// The recorded values of one VM, in the order in which they become known.
struct SeqTrail {
  /// The highest value so far; nil: none was read yet.
  private var last: UInt64?
  /// How many end hooks may still move it: those in progress, and those that have returned, with when. One that
  /// returned before a value was read has moved it by then, or never does.
  private var runningCount: Int64 = 0
  private var returned: [Moment] = []
  private var moves: Int64 = 0
  /// Of the last value that moved too far, and by how much: an end hook that can have been entered before it was read
  /// may still come.
  private var unpaid: (by: Int64, readBefore: Moment)?
  private var hasGap = false

  /// Where more return between two values, the older ones may move it at any time.
  private static let returnedMax = 4096

  /// A probe read this value between these moments.
  mutating func see(_ seq: UInt64?, after low: Moment?, before high: Moment, _ order: MomentOrder, in vm: VMState) {
    // A move by an unrecorded invalidation is not due to another mover.
    guard let seq, !vm.mayHideInvalidations else { return }
    if let last, seq > last {
      let moved = Int64(clamping: seq - last)
      let explained = min(moved, Int64(returned.count) + runningCount)
      let ofReturned = min(explained, Int64(returned.count))
      returned.removeFirst(Int(ofReturned))
      runningCount -= explained - ofReturned
      if moved > explained {
        moves = moves.addingClamped(moved - explained)
        unpaid = (moved - explained, high)
      }
    }
    if let last, seq < last { return }
    last = seq
    if let low { returned.removeAll { order.surely($0, before: low) } }
  }

  /// An end hook that may move it was entered.
  mutating func enter(_ moment: Moment, _ order: MomentOrder) {
    if let (by, high) = unpaid, by > 0, !order.surely(high, before: moment) {
      unpaid = (by - 1, high)
      moves -= 1
    } else {
      runningCount += 1
    }
  }

  /// It has returned; nil: that is not recorded, and it may move the sequence at any time.
  mutating func leave(_ moment: Moment?) {
    guard let moment, runningCount > 0 else { return }
    runningCount -= 1
    returned.append(moment)
    if returned.count > Self.returnedMax {
      returned.removeFirst(Self.returnedMax / 2)
      runningCount += Int64(Self.returnedMax / 2)
    }
  }

  /// Events were dropped: what moved it may be among them.
  mutating func meetLoss() { hasGap = true }

  var unexplained: Int64 { hasGap ? 0 : moves }
}
