// The streams of all CPUs by time; at equal times, by CPU order.

/// A binary heap of the streams' numbers: the earliest on top.
struct StreamMerge {
  private var heap: [Entry] = []

  struct Entry {
    var time: UInt64
    let stream: Int

    @inline(__always) static func < (a: Entry, b: Entry) -> Bool {
      a.time < b.time || (a.time == b.time && a.stream < b.stream)
    }
  }

  mutating func add(_ stream: Int, time: UInt64) {
    heap.append(Entry(time: time, stream: stream))
    var place = heap.count - 1
    while place > 0, heap[place] < heap[(place - 1) / 2] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// The current stream.
  var first: Int? { heap.first?.stream }

  /// The next one; its turn comes when the first one's time passes this.
  var second: Entry? {
    if heap.count < 3 { return heap.count == 2 ? heap[1] : nil }
    return heap[1] < heap[2] ? heap[1] : heap[2]
  }

  /// The first stream continues at this time.
  mutating func moveFirst(to time: UInt64) {
    heap[0].time = time
    sink()
  }

  mutating func removeFirst() {
    let last = heap.removeLast()
    if heap.isEmpty { return }
    heap[0] = last
    sink()
  }

  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      let left = 2 * place + 1
      if left < heap.count, heap[left] < heap[least] { least = left }
      if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
      if least == place { return }
      heap.swapAt(place, least)
      place = least
    }
  }
}
