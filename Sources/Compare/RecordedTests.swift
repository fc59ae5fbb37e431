// The recorded retry tests of a window as evidence of order: the kernel's own decision tells what the stamps leave open.

import KVMEvents

/// Count and seq change somewhere between two events (docs/evidence.md, rule 2). Where a recorded test lies in between, its decision tells
/// on which side: an accepted round saw no invalidation in flight and no seq moved, a repeated one saw some.
struct RecordedTests {
  private struct Test {
    let timeNs: Int64
    let isAccepted: Bool
  }

  private var tests: [Test] = []
  /// Between when and when the accepted rounds took their snapshots of the seq.
  private var snapshots: [(lowNs: Int64, highNs: Int64)] = []
  private let deltaNs: Int64

  /// No tests.
  init() { deltaNs = 0 }

  init(_ window: RecordedWindow, deltaNs: Int64) {
    self.deltaNs = deltaNs
    for operation in window.operations {
      if case .refresh(let refresh) = operation.kind { add(refresh) }
    }
    tests.sort { $0.timeNs < $1.timeNs }
    snapshots.sort { $0.highNs < $1.highNs }
  }

  private mutating func add(_ refresh: RecordedRefresh) {
    for (index, round) in refresh.rounds.enumerated() {
      guard let test = round.test else { continue }
      let isLast = index == refresh.rounds.count - 1
      // A last round that was not accepted has come to no test.
      if isLast && refresh.outcome != .mapped { continue }
      tests.append(Test(timeNs: test.time, isAccepted: isLast))
      if isLast, let loop = round.loop { snapshots.append((loop.time, round.lookup?.time ?? loop.time)) }
    }
  }

  /// When the count goes up, between the start hook's entry and the walk: after the last test that did not see it, and by the first that did.
  func countUpNs(_ startNs: Int64, _ walkNs: Int64) -> Int64 {
    var upNs = walkNs
    var hasBeenSeen = false
    for test in tests[Self.lowerBound(tests, startNs - deltaNs, \.timeNs)...] {
      guard test.timeNs <= walkNs + deltaNs else { break }
      if test.isAccepted {
        upNs = max(walkNs, test.timeNs + 1)
        hasBeenSeen = false
      } else if !hasBeenSeen && test.timeNs < upNs {
        upNs = test.timeNs
        hasBeenSeen = true
      }
    }
    return upNs
  }

  /// When the seq is bumped and the count goes down, between an event of the end hook and its return: by the first accepted test and, if
  /// it bumps the seq, by the first snapshot of an accepted round.
  func countDownNs(_ lowNs: Int64, _ retNs: Int64, bumpsSeq: Bool) -> Int64 {
    if bumpsSeq {
      let first = Self.lowerBound(snapshots, lowNs - deltaNs, \.highNs)
      guard first < snapshots.count else { return retNs }
      return min(retNs, max(lowNs, snapshots[first].lowNs))
    }
    let accepted = tests[Self.lowerBound(tests, lowNs - deltaNs, \.timeNs)...].first { test in
      test.isAccepted || test.timeNs > retNs
    }
    guard let accepted else { return retNs }
    return min(retNs, max(lowNs, accepted.timeNs))
  }

  private static func lowerBound<Element>(
    _ elements: [Element], _ timeNs: Int64, _ time: KeyPath<Element, Int64>
  ) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if elements[middle][keyPath: time] < timeNs { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
