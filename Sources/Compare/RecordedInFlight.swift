// When invalidations were in flight, as far as one window of a recording tells.

/// The stretches of time in which some invalidation was in flight.
struct RecordedInFlight {
  private var intervals: [Range<Int64>] = []
  /// Up to and with each interval: the latest end.
  private var latestEnds: [Int64] = []
  private var bumps: [Int64] = []

  mutating func add(from upNs: Int64, to downNs: Int64, bumpsSeq: Bool) {
    intervals.append(upNs..<max(upNs, downNs))
    if bumpsSeq { bumps.append(max(upNs, downNs)) }
  }

  /// All are there.
  mutating func sort() {
    intervals.sort { $0.lowerBound < $1.lowerBound }
    bumps.sort()
    latestEnds = []
    for interval in intervals { latestEnds.append(max(latestEnds.last ?? .min, interval.upperBound)) }
  }

  /// The first time from `timeNs` on at which none is in flight.
  func firstQuiet(from timeNs: Int64) -> Int64 {
    var quietNs = timeNs
    while let endNs = latestEnd(begunBy: quietNs), endNs > quietNs { quietNs = endNs }
    return quietNs
  }

  /// The last bump of the seq in (`afterNs`, `untilNs`]; nil: none.
  func lastBump(after afterNs: Int64, until untilNs: Int64) -> Int64? {
    var low = 0
    var high = bumps.count
    while low < high {
      let middle = (low + high) / 2
      if bumps[middle] <= untilNs { low = middle + 1 } else { high = middle }
    }
    return low > 0 && bumps[low - 1] > afterNs ? bumps[low - 1] : nil
  }

  private func latestEnd(begunBy timeNs: Int64) -> Int64? {
    var low = 0
    var high = intervals.count
    while low < high {
      let middle = (low + high) / 2
      if intervals[middle].lowerBound <= timeNs { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : latestEnds[low - 1]
  }
}
