// Time stamps that keep their order, and not the times between them.

/// New stamps, from 0. Two stamps are as far apart as before where that is within the clock's uncertainty, and else
/// beyond it, as before: what was ordered is, and what was not is not.
struct CoarseStamps {
  /// Sorted; and what each becomes.
  private let times: [Int64]
  private let stamps: [Int64]
  /// Stamps of microseconds stay such.
  private static let step: Int64 = 1000

  /// - Parameter uncertainty: how far two stamps may be apart and still be of either order, in their unit.
  init(_ times: Set<Int64>, uncertainty: Int64) {
    self.times = times.sorted()
    let distance = (uncertainty / Self.step + 1) * Self.step
    var (stamp, before) = (Int64(0), self.times.first ?? 0)
    stamps = self.times.map { time in
      stamp += time - before <= uncertainty ? time - before : distance
      before = time
      return stamp
    }
  }

  /// Of one of the times.
  subscript(time: Int64) -> Int64 {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return stamps[low]
  }
}
