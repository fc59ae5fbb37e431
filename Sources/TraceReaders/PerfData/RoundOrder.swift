// Puts the records of a perf.data into the order of their stamps, as far as that takes.

/// perf record empties the CPUs' buffers one after the other, and says when it has been through all of them
/// (FINISHED_ROUND). What a CPU recorded before a round ended is in the file when the next one has ended: so up to the
/// latest stamp of the round before all is there, and can be handed on. Without rounds everything waits for the end.
///
/// More than `waitingMax` records do not wait: the earlier half is handed on then. What comes too late for that is out
/// of order.
struct RoundOrder {
  private var waiting: [Entry] = []
  /// The front of `waiting` is in order and can be handed on; some of it is handed on already.
  private var ready = 0
  private var handedOn = 0
  private let waitingMax: Int
  /// The latest stamp so far, and that of when the last round ended.
  private(set) var latest: UInt64 = 0
  private var latestOfRound: UInt64 = 0

  /// A record: its stamp, and where it stands. 16 bytes: a round may hold millions.
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

    /// At one time the one that stands first.
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

  /// The earliest entry that nothing can come before any more.
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

  /// How many of what is sorted are not later than this.
  private func partition(_ limit: UInt64) -> Int {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].time <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
