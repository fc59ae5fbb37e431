// Makes a cut as small as possible: delta debugging over units, the biggest first.

import KVMEvents
import Operations

/// Removes units while the finding stays, until none can be removed any more.
///
/// Each candidate is judged by its own replay and search: the verdict on a larger cut says nothing about a smaller one.
package struct CutSearch {
  private let candidates: CutCandidates
  private let judge: ([RecordedEvent]) -> Bool
  /// Called before each candidate.
  private let mayGoOn: (CutSearch) -> Bool
  package private(set) var chosen: [Bool]
  package private(set) var candidateCount = 0
  /// Complete: none of the remaining units can be removed.
  package private(set) var isMinimal = true

  /// - Parameters:
  ///   - begin: the units to begin with; nil: all.
  ///   - mayGoOn: called before each candidate, with the progress of the search.
  ///   - judge: is the finding still there?
  package init(
    _ candidates: CutCandidates, from begin: [Bool]? = nil, mayGoOn: @escaping (CutSearch) -> Bool,
    judge: @escaping ([RecordedEvent]) -> Bool
  ) {
    self.candidates = candidates
    self.judge = judge
    self.mayGoOn = mayGoOn
    chosen = begin ?? candidates.all
  }

  package var unitCount: Int { chosen.count { $0 } }
  package var lineCount: Int { zip(candidates.units, chosen).reduce(0) { $0 + ($1.1 ? $1.0.lines.count : 0) } }

  /// Rounds were removed from a refresh that is still there.
  package var lacksRounds: Bool {
    candidates.units.indices.contains { refresh in
      chosen[refresh]
        && candidates.dependents[refresh].contains { candidates.units[$0].kind == .round && !chosen[$0] }
    }
  }

  package mutating func run() {
    // The finding takes a small part of the time: first the rest of it.
    if unitCount > Self.fewUnits {
      for part in [2, 4, 8] { _ = tryRanges(of: max(1, unitCount / part)) }
    }
    tryEach(group { $0.vm.map { .vm($0) } })
    tryEach(group { $0.cache.map { .cache($0) } })
    tryEach(group { .thread($0.thread) })
    tryEach(group { .kind($0.kind) })
    halve()
  }

  private static let fewUnits = 64

  // MARK: Groups

  private enum Group: Hashable {
    case vm(Int32)
    case cache(CacheNumber)
    case thread(ThreadNumber)
    case kind(CutUnit.Kind)
  }

  /// The largest first.
  private func group(_ name: (CutUnit) -> Group?) -> [[Int]] {
    var groups: [Group: [Int]] = [:]
    for (index, unit) in candidates.units.enumerated() {
      if let name = name(unit) { groups[name, default: []].append(index) }
    }
    return groups.values.sorted { ($0.count, $1[0]) > ($1.count, $0[0]) }
  }

  private mutating func tryEach(_ groups: [[Int]]) {
    for group in groups { _ = tryWithout(group) }
  }

  // MARK: Ranges of time, then single units

  private mutating func halve() {
    var size = max(1, unitCount / 2)
    while true {
      let hasShrunk = tryRanges(of: size)
      if size > 1 {
        size /= 2
      } else if !hasShrunk {
        return
      }
    }
  }

  /// From the last to the first: later ones need earlier ones.
  private mutating func tryRanges(of size: Int) -> Bool {
    let left = chosen.indices.filter { chosen[$0] }
    var hasShrunk = false
    var end = left.count
    while end > 0 {
      let begin = max(0, end - size)
      if tryWithout(Array(left[begin..<end])) { hasShrunk = true }
      end = begin
    }
    return hasShrunk
  }

  private mutating func tryWithout(_ removed: [Int]) -> Bool {
    let left = candidates.without(removed, from: chosen)
    guard left != chosen, left.contains(true) else { return false }
    guard mayGoOn(self) else {
      isMinimal = false
      return false
    }
    candidateCount += 1
    guard judge(candidates.events(of: left)) else { return false }
    chosen = left
    return true
  }
}
