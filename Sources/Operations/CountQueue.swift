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
  /// Those before it are gone: removing the first one each time would move all others.
  private var head = 0

  /// - Parameter moment: the thread's next event; the probe had read by then (evidence, rule 1).
  mutating func append(_ recorded: RecordedCount, before moment: Moment) {
    items.append((recorded, moment))
  }

  @inline(__always)
  var isEmpty: Bool { items.isEmpty }

  var count: Int { items.count - head }

  /// The first one, if it was settled more than `deltaNs` before `time`; nil: whenever it was.
  mutating func popFirst(settledBefore time: Int64?, deltaNs: Int64) -> (recorded: RecordedCount, high: Moment)? {
    guard head < items.count else { return nil }
    let first = items[head]
    if let time, first.high.time &+ deltaNs >= time { return nil }
    head += 1
    if head == items.count {
      removeAll()
    } else if head > 1024 && head > items.count / 2 {
      items.removeSubrange(..<head)
      head = 0
    }
    return first
  }

  mutating func removeAll() {
    items.removeAll(keepingCapacity: items.capacity <= 4096)
    head = 0
  }
}
