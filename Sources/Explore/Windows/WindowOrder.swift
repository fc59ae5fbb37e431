// How much of the recorded order holds.

import KVMEvents

/// Which recorded moments stay in order when the steps are reordered.
package enum WindowOrder: Hashable, Sendable {
  /// Those that are surely in order, the clocks of two CPUs being off by up to this.
  case recorded(MomentOrder, StampUnit = .ns)
  /// Those of one thread only (`--delta inf`).
  case program

  func surely(_ a: Moment, before b: Moment) -> Bool {
    switch self {
    case .recorded(let order, _): order.surely(a, before: b)
    case .program: a.thread == b.thread && a.id <= b.id
    }
  }
}
