// Recorded counts of invalidations in flight that wait until no further event can concern them.

import KVMEvents

/// A `mn_active_invalidate_count` that a probe read some time after `low`.
struct RecordedCount {
  let vm: VMState
  let count: UInt64
  let low: Moment
}

/// How many of the recorded invalidations are in flight at some time: minimum and maximum.
package struct CountBounds {
  package var least: UInt64 = 0
  package var most: UInt64 = 0

  package init(least: UInt64 = 0, most: UInt64 = 0) {
    self.least = least
    self.most = most
  }
}

/// The first settled comes first.
struct CountQueue {
  private var items: [(recorded: RecordedCount, high: Moment)] = []

  /// - Parameter moment: the thread's next event; the probe had read by then (evidence, rule 1).
  mutating func append(_ recorded: RecordedCount, before moment: Moment) {
    items.append((recorded, moment))
  }

  @inline(__always)
  var isEmpty: Bool { items.isEmpty }

  /// The first one, if it was settled more than `deltaNs` before `time`; nil: whenever it was.
  mutating func popFirst(settledBefore time: Int64?, deltaNs: Int64) -> (recorded: RecordedCount, high: Moment)? {
    guard let first = items.first else { return nil }
    if let time, first.high.time &+ deltaNs >= time { return nil }
    return items.removeFirst()
  }

  mutating func removeAll() { items.removeAll() }
}
