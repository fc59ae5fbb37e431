// Which units to try first: those that the finding cites, then ever more of those around it.

import KVMEvents

/// The cuts to begin with, from the smallest to everything.
package struct CutPlan: Sendable {
  private let all: CutUnits
  /// The units of the lines that the finding cites.
  private let core: Set<Int>
  /// Where it happened, at most.
  private let stretch: ClosedRange<EventID>

  /// - Parameters:
  ///   - cited: the finding's lines.
  ///   - stretch: the lines of its window; nil: from the first cited line to the last.
  package init?(_ all: CutUnits, cited: Set<EventID>, stretch: ClosedRange<EventID>?) {
    guard let first = cited.min(), let last = cited.max() else { return nil }
    self.all = all
    core = Set(all.units.indices.filter { all.units[$0].lines.contains { cited.contains($0) } })
    self.stretch = stretch ?? first...last
  }

  /// Each level contains the one before the previous; the odd ones have their caches' last refreshes, too. The last but
  /// one is everything whole that began before the finding was over. The last is the recording, with torn and later
  /// operations: if the start of an invalidation was lost, only its end shows the range. nil: there is no further
  /// level.
  package func cut(_ level: Int) -> Set<Int>? {
    if let members = members(level / 2) { return whole(members, withRefreshes: level % 2 == 1) }
    return level % 2 == 0 && members(level / 2 - 1) != nil ? Set(all.units.indices) : nil
  }

  private func members(_ width: Int) -> Set<Int>? {
    let hull = hull(of: core)
    if width == 0 { return core }
    if width == 1 {
      let vms = Set(core.compactMap { all.units[$0].vm })
      let met = units(in: hull) { unit in
        unit.kind != .bystander && unit.kind != .lookup && (unit.vm.map { vms.contains($0) } ?? true)
      }
      return core.union(met)
    }
    var range = min(hull.lowerBound, stretch.lowerBound)...max(hull.upperBound, stretch.upperBound)
    for _ in 2..<width {
      guard range.lowerBound > 1 else { return nil }
      let length = range.upperBound - range.lowerBound + 1
      range = max(1, range.lowerBound - length)...range.upperBound
    }
    return core.union(units(in: range) { _ in true })
  }

  private func hull(of members: Set<Int>) -> ClosedRange<EventID> {
    let hulls = members.compactMap { all.units[$0].hull }
    let first = hulls.map(\.lowerBound).min() ?? stretch.lowerBound
    return first...max(first, hulls.map(\.upperBound).max() ?? stretch.upperBound)
  }

  private func units(in range: ClosedRange<EventID>, _ isWanted: (CutUnit) -> Bool) -> Set<Int> {
    Set(
      all.units.indices.filter { index in
        let unit = all.units[index]
        return unit.isWhole && isWanted(unit) && (unit.hull?.overlaps(range) ?? false)
      })
  }

  /// With the units that they need, and with the last refresh of each of their caches before they begin.
  private func whole(_ members: Set<Int>, withRefreshes: Bool) -> Set<Int> {
    let closed = all.closure(withRefreshes ? members.union(refreshes(before: members)) : members)
    return closed.filter { all.units[$0].isWhole || core.contains($0) }
  }

  private func refreshes(before members: Set<Int>) -> some Sequence<Int> {
    let begin = members.compactMap { all.units[$0].hull?.lowerBound }.min() ?? 0
    let caches = Set(members.compactMap { all.units[$0].cache })
    var last: [Int: Int] = [:]
    for (index, unit) in all.units.enumerated() {
      guard let cache = unit.cache, caches.contains(cache), unit.isWhole,
        unit.kind == .refresh || unit.kind == .activation,
        let end = unit.hull?.upperBound, end < begin
      else { continue }
      last[cache] = index
    }
    return last.values
  }
}
