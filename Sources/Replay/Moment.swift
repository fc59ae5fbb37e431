// When something was recorded, and which moments are surely in order.

import KVMEvents

/// A recorded event as a bound of an interval: a fact lies after one moment of its thread and before another (evidence, rule 2).
struct Moment {
  let id: EventID
  let time: Int64
  let cpu: Int32
  let thread: Int32
}

/// Which of two moments is surely the earlier one.
struct MomentOrder {
  /// Nanoseconds by which the clocks of two CPUs may differ.
  let deltaNs: Int64

  /// Program order and the order within one CPU's buffer are exact; between CPUs only the clock speaks, and equal stamps are unordered.
  /// A fact that ends with an event is before one that begins with the same event.
  @inline(__always)
  func surely(_ a: Moment, before b: Moment) -> Bool {
    if a.thread == b.thread || a.cpu == b.cpu { return a.id <= b.id }
    return a.time &+ deltaNs < b.time
  }

  /// An unknown bound is before or after nothing.
  @inline(__always)
  func surely(_ a: Moment?, before b: Moment?) -> Bool {
    guard let a, let b else { return false }
    return surely(a, before: b)
  }
}
