// Sorts the records of a perf.data by their stamps, as far as possible.

/// perf record drains the CPUs' buffers one after the other, and marks the end of each pass (FINISHED_ROUND). What a
/// CPU recorded before a round ended is in the file when the next one has ended: so up to the latest stamp of the
/// previous round everything is present, and can be passed on. Without rounds everything waits for the end.
///
/// At most `waitingMax` records wait: then the earlier half is passed on. Records that come too late for that are out
/// of order.
struct RoundOrder {
  private var waiting: [Entry] = []
  /// The front of `waiting` is sorted and can be passed on; part of it already is.
  private var ready = 0
  private var handedOn = 0
  private let waitingMax: Int
  /// The latest stamp so far, and that of when the last round ended.
  private(set) var latest: UInt64 = 0
  private var latestOfRound: UInt64 = 0

  /// A record: its stamp, and its offset. 16 bytes: a round may hold millions.
  struct Entry {
    var time: UInt64
    private let packed: UInt64

    /// - Parameter cpu: any number; the same for the records of one CPU.
    init(time: UInt64, place: UInt64, cpu: Int32) {
      self.time = time
      packed = place << 8 | UInt64(UInt8(truncatingIfNeeded: cpu))
    }

    var place: UInt64 { packed >> 8 }
    var slot: Int { Int(packed & 0xff) }

    /// At equal times the one that comes first in the file.
    @inline(__always) static func < (a: Entry, b: Entry) -> Bool {
      a.time < b.time || (a.time == b.time && a.packed < b.packed)
    }
  }

  init(waitingMax: Int) { self.waitingMax = max(waitingMax, 2) }

  mutating func put(_ entry: Entry) {
    waiting.append(entry)
    latest = max(latest, entry.time)
    if waiting.count - ready >= waitingMax { handOnHalf() }
  }

  mutating func finishRound() {
    sort()
    ready = partition(latestOfRound)
    latestOfRound = latest
  }

  /// No more will come.
  mutating func finish() {
    sort()
    ready = waiting.count
  }

  private mutating func handOnHalf() {
    sort()
    ready = waiting.count / 2
  }

  var hasReady: Bool { handedOn < ready }

  /// The earliest entry that nothing can precede any more.
  mutating func take() -> Entry? {
    guard handedOn < ready else { return nil }
    handedOn += 1
    return waiting[handedOn - 1]
  }

  private mutating func sort() {
    waiting.removeFirst(handedOn)
    handedOn = 0
    waiting.sort { $0 < $1 }
  }

  /// How many of the sorted ones are not later than this.
  private func partition(_ limit: UInt64) -> Int {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].time <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
