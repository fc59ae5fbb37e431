// When invalidations were in flight, as far as one window of a recording shows.

import GPCProtocol
import KVMEvents
import Results

/// The periods in which some invalidation was in flight.
struct RecordedInFlight {
  private struct Interval {
    let upNs: Int64
    let downNs: Int64
    let range: HVARange
    /// Of all that went up since the count was 0, up to and including this one: the first of them, the range that
    /// covers them, the latest end.
    var first = 0
    var hull: HVARange
    var latestDownNs: Int64
  }

  private var intervals: [Interval] = []
  private var bumps: [Int64] = []

  mutating func add(_ range: HVARange, from upNs: Int64, to downNs: Int64, bumpsSeq: Bool) {
    let downNs = max(upNs, downNs)
    intervals.append(Interval(upNs: upNs, downNs: downNs, range: range, hull: range, latestDownNs: downNs))
    if bumpsSeq { bumps.append(downNs) }
  }

  /// All are there.
  mutating func sort() {
    intervals.sort { $0.upNs < $1.upNs }
    bumps.sort()
    for index in intervals.indices {
      intervals[index].first = index
      guard index > 0, intervals[index - 1].latestDownNs > intervals[index].upNs else { continue }
      let former = intervals[index - 1]
      intervals[index].first = former.first
      intervals[index].hull = former.hull.hull(intervals[index].range)
      intervals[index].latestDownNs = max(former.latestDownNs, intervals[index].downNs)
    }
  }

  /// The first time from `timeNs` on at which none is in flight.
  func firstQuiet(from timeNs: Int64) -> Int64 {
    var quietNs = timeNs
    while let last = last(begunBy: quietNs), intervals[last].latestDownNs > quietNs {
      quietNs = intervals[last].latestDownNs
    }
    return quietNs
  }

  /// The last bump of the seq in (`afterNs`, `untilNs`]; nil: none.
  func lastBump(after afterNs: Int64, until untilNs: Int64) -> Int64? {
    let next = bumps.partitionPoint { $0 <= untilNs }
    return next > 0 && bumps[next - 1] > afterNs ? bumps[next - 1] : nil
  }

  /// How long a refresh of `page` waited that reached its wait at `fromNs` and had left it by `byNs`; nil: it did not.
  ///
  /// What is in flight when it reaches its wait holds it until the count is 0: the kvm's range only grows until then.
  func wait(_ rule: WaitRule, of page: UHVA, from fromNs: Int64, by byNs: Int64) -> RecordedWait? {
    guard isPending(rule, of: page, at: fromNs), let last = last(begunBy: fromNs) else { return nil }
    let begun = intervals[intervals[last].first...].prefix { $0.upNs <= byNs }
    let holding = begun.filter { $0.downNs > fromNs && (rule.isForAny || $0.range.contains(page)) }
    // Later than that the count was 0 for a moment that the stamps do not show, after one that had held it.
    let quietNs = firstQuiet(from: fromNs)
    guard let endNs = quietNs <= byNs ? quietNs : holding.map(\.downNs).filter({ $0 <= byNs }).max() else { return nil }
    let isNecessary = holding.contains { $0.upNs <= endNs && $0.range.contains(page) }
    let cause: FormCosts.ByCause.Cause = isNecessary ? .necessary : rule.isForAny ? .false : .widened
    return RecordedWait(ns: endNs - fromNs, cause: cause)
  }

  /// Something is in flight that a refresh of `page` would wait for.
  func isPending(_ rule: WaitRule, of page: UHVA, at timeNs: Int64) -> Bool {
    guard rule.canBeLeft, let last = last(begunBy: timeNs), intervals[last].latestDownNs > timeNs else { return false }
    return rule.isForAny || intervals[last].hull.contains(page)
  }

  private func last(begunBy timeNs: Int64) -> Int? {
    let next = intervals.partitionPoint { $0.upNs <= timeNs }
    return next > 0 ? next - 1 : nil
  }
}

/// A wait of the recorded kernel itself, in one round.
struct RecordedWait {
  let ns: Int64
  let cause: FormCosts.ByCause.Cause
}
