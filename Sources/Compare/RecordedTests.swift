// The recorded retry tests of a window as evidence of order: the kernel's own decision settles what the stamps leave
// open.

import GPCProtocol
import KVMEvents
import Results

/// Count and seq change somewhere between two events (docs/evidence.md, rule 2). If a recorded test lies in between,
/// its decision shows on which side, as far as the recorded kernel's form reads them: an accepted round saw no
/// invalidation in flight and no seq moved, a repeated one saw some.
struct RecordedTests {
  private struct Test {
    let timeNs: Int64
    let isAccepted: Bool
    let page: UHVA?
  }

  /// When an accepted round took its snapshot of the seq.
  private struct Snapshot {
    let lowNs: Int64
    let highNs: Int64
    let page: UHVA?
  }

  /// A round reached its wait after one moment and had left it by the other.
  private struct Pass {
    let fromNs: Int64
    let byNs: Int64
    let page: UHVA?
  }

  private var tests: [Test] = []
  private var snapshots: [Snapshot] = []
  private var passes: [Pass] = []
  private let kernel: ProtocolRules
  private let deltaNs: Int64

  /// No tests.
  init(_ kernel: ProtocolRules) {
    self.kernel = kernel
    deltaNs = 0
  }

  init(_ window: RecordedWindow, _ kernel: ProtocolRules, deltaNs: Int64) {
    self.kernel = kernel
    self.deltaNs = deltaNs
    for operation in window.operations {
      if case .refresh(let refresh) = operation.kind { add(refresh) }
    }
    tests.sort { $0.timeNs < $1.timeNs }
    snapshots.sort { $0.highNs < $1.highNs }
    passes.sort { $0.byNs < $1.byNs }
  }

  private mutating func add(_ refresh: RecordedRefresh) {
    let page = refresh.uhva.flatMap { $0.isError ? nil : $0.page }
    for (index, round) in refresh.rounds.enumerated() {
      if let (from, by) = round.bounds(of: kernel.wait) {
        passes.append(Pass(fromNs: from.time, byNs: by.time, page: page))
      }
      guard let test = round.test, kernel.retry.readsCount else { continue }
      let isLast = index == refresh.rounds.count - 1
      // A last round that was not accepted has reached no test.
      if isLast && refresh.outcome != .mapped { continue }
      tests.append(Test(timeNs: test.time, isAccepted: isLast, page: page))
      if isLast, kernel.retry.readsSeq, let loop = round.loop {
        snapshots.append(Snapshot(lowNs: loop.time, highNs: round.lookup?.time ?? loop.time, page: page))
      }
    }
  }

  /// Does the test of a cache on that page look at whether an invalidation of the range is in flight? Of a covering
  /// range only what the invalidation itself covers is certain.
  private func concerns(_ page: UHVA?, _ range: HVARange) -> Bool {
    kernel.retry.inFlight == .count || page.map { range.contains($0) } ?? false
  }

  /// When the count goes up, between the start hook's entry and an event after which it is up: after the last test that
  /// did not see it, and by the first that did.
  func countUpNs(of range: HVARange, _ startNs: Int64, _ upByNs: Int64) -> Int64 {
    var upNs = upByNs
    var hasBeenSeen = false
    for test in tests[tests.partitionPoint { $0.timeNs < startNs - deltaNs }...] {
      guard test.timeNs <= upByNs + deltaNs else { break }
      guard concerns(test.page, range) else { continue }
      if test.isAccepted {
        upNs = max(upByNs, test.timeNs + 1)
        hasBeenSeen = false
      } else if !hasBeenSeen && test.timeNs < upNs {
        upNs = test.timeNs
        hasBeenSeen = true
      }
    }
    return upNs
  }

  /// When the seq is bumped and the count goes down, between an event of the end hook and its return: before a round
  /// continues that reached its wait after `upNs`; by the first accepted test and, if it bumps the seq, by the first
  /// snapshot of an accepted round.
  func countDownNs(of range: HVARange, upNs: Int64, _ lowNs: Int64, _ retNs: Int64, bumpsSeq: Bool) -> Int64 {
    let testedNs = firstTestNs(of: range, lowNs, retNs, bumpsSeq: bumpsSeq)
    let passed = passes[passes.partitionPoint { $0.byNs < lowNs }...].first { pass in
      pass.byNs >= testedNs
        || pass.fromNs > upNs && (kernel.wait.isForAny || pass.page.map { range.contains($0) } ?? false)
    }
    return min(testedNs, passed?.byNs ?? testedNs)
  }

  private func firstTestNs(of range: HVARange, _ lowNs: Int64, _ retNs: Int64, bumpsSeq: Bool) -> Int64 {
    if bumpsSeq && kernel.retry.readsSeq {
      let later = snapshots[snapshots.partitionPoint { $0.highNs < lowNs - deltaNs }...]
      let first = later.first { concerns($0.page, range) || $0.lowNs > retNs }
      return first.map { min(retNs, max(lowNs, $0.lowNs)) } ?? retNs
    }
    let accepted = tests[tests.partitionPoint { $0.timeNs < lowNs - deltaNs }...].first { test in
      test.timeNs > retNs || test.isAccepted && concerns(test.page, range)
    }
    guard let accepted else { return retNs }
    return min(retNs, max(lowNs, accepted.timeNs))
  }
}
