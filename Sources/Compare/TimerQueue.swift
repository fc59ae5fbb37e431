// The timers of a model: times, the earliest first.

/// A heap of (time, task); equal times in the order in which they were set.
struct TimerQueue {
  struct Timer {
    let timeNs: Int64
    let order: UInt64
    let task: Int
  }

  private var heap: [Timer] = []
  private var count: UInt64 = 0

  var firstTimeNs: Int64? { heap.first?.timeNs }

  /// Returns the timer's number, which identifies it.
  mutating func set(_ task: Int, at timeNs: Int64) -> UInt64 {
    defer { siftUp() }
    heap.append(Timer(timeNs: timeNs, order: count, task: task))
    count += 1
    return count - 1
  }

  private mutating func siftUp() {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(child, parent) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Timer? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in (2 * parent + 1)...(2 * parent + 2) where child < heap.count && isBefore(child, least) {
        least = child
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let (a, b) = (heap[a], heap[b])
    return a.timeNs == b.timeNs ? a.order < b.order : a.timeNs < b.timeNs
  }
}
