// Durations in bounded memory, for percentiles.

import KVMEvents

/// Counts durations in steps of at most 1/64 of their size; the largest and, within 64 bits, the sum are kept exactly.
package struct LatencyHistogram: Sendable, Equatable {
  private static let stepBits = 6
  private var counts: [Int32] = []
  package private(set) var count: Int64 = 0
  package private(set) var maxNs: Int64 = 0
  package private(set) var sumNs: Int64 = 0

  package init() {}

  package mutating func add(_ durationNs: Int64) {
    let duration = max(0, durationNs)
    let step = Self.step(duration)
    if step >= counts.count { counts += Array(repeating: 0, count: step + 1 - counts.count) }
    counts[step] += 1
    count += 1
    maxNs = max(maxNs, duration)
    sumNs.addClamped(duration)
  }

  package mutating func add(_ other: LatencyHistogram) {
    if other.counts.count > counts.count { counts += Array(repeating: 0, count: other.counts.count - counts.count) }
    for step in other.counts.indices { counts[step] += other.counts[step] }
    count += other.count
    maxNs = max(maxNs, other.maxNs)
    sumNs.addClamped(other.sumNs)
  }

  /// The duration that `percent` of all do not exceed, rounded up to the end of its step; nil if there is none.
  package func percentile(_ percent: Int64) -> Int64? {
    guard count > 0 else { return nil }
    var left = (count * percent + 99) / 100
    for step in counts.indices {
      left -= Int64(counts[step])
      if left <= 0 { return min(Self.lastNs(of: step), maxNs) }
    }
    return maxNs
  }

  /// The steps that something is counted in, by their shortest and longest duration.
  package var steps: [(lowerNs: Int64, upperNs: Int64, count: Int64)] {
    counts.indices.filter { counts[$0] > 0 }.map { step in
      (step == 0 ? 0 : Self.lastNs(of: step - 1) + 1, Self.lastNs(of: step), Int64(counts[step]))
    }
  }

  /// Below 64: itself; above: 64 steps for each power of two.
  private static func step(_ duration: Int64) -> Int {
    let shift = max(0, Int64.bitWidth - duration.leadingZeroBitCount - stepBits - 1)
    return shift << stepBits + Int(duration >> Int64(shift))
  }

  private static func lastNs(of step: Int) -> Int64 {
    let shift = max(0, step >> stepBits - 1)
    let low = Int64(step - shift << stepBits)
    // The last step ends where the range does.
    return (low + 1) << Int64(shift) &- 1
  }
}
