// The durations of the parts of one recorded refresh, which every form's refresh follows.

import KVMEvents
import Results

/// The recorded durations of a refresh. What a form needs beyond them takes their median.
///
/// A class: all forms share it, and a late refresh outlives its window.
final class RefreshPlan {
  /// The parts of a round, in nanoseconds.
  struct Round {
    /// From the loop's top to the lookup.
    var loopNs: Int64 = 0
    /// The lookup.
    var lookupNs: Int64 = 0
    /// From the lookup's return to the retry test.
    var testNs: Int64 = 0
    /// From a retry test that repeats to the next loop's top, `gpc->lock` held.
    var repeatNs: Int64 = 0

    fileprivate func lastingAtLeast(_ minNs: Int64) -> Round {
      var round = self
      let restNs = loopNs.addingClamped(lookupNs).addingClamped(testNs)
      round.repeatNs = max(repeatNs, minNs.subtractingClamped(restNs))
      return round
    }
  }

  /// How the recorded kernel's own wait in a round went.
  enum Wait: UInt8 {
    case none
    /// It waited for invalidations. That time is in none of the parts.
    case waited
    /// It had passed its wait, at the loop's top, before an invalidation came that it would have waited for.
    case passedAtTop
  }

  /// Minimum duration of a round of the model itself, whatever stamps of microseconds say: it drops a lock, looks a
  /// page up and takes the lock again.
  private static let roundMinNs: Int64 = 100

  let cache: Int
  let uhva: UHVA
  let isGPABased: Bool
  let activates: Bool
  let requestNs: Int64
  /// From having `refresh_lock` to the loop's top (or, if the mapping was kept, to the entry).
  let beginNs: Int64
  /// How long `refresh_lock` was free between the request and having it. Waking up and getting a CPU takes time, and
  /// the lock can be taken again meanwhile: the time in which no task held it was needed for that.
  let wakeUpNs: Int64
  /// From the last test (or failed lookup) to the return.
  let returnNs: Int64
  /// The ordinal of the recorded lookup that failed; nil: none.
  let failingLookup: Int?
  /// How long after its top the accepted round took its snapshot.
  private let lateSnapshotNs: Int64
  private let rounds: [Round]
  /// By round; empty: its form does not wait.
  private let waits: [Wait]
  /// By what continues where `rounds` ends.
  let median: Round

  /// - Parameter waits: by round, what the recorded kernel waited itself.
  /// - Parameter passedAtTop: by round, whether it had passed its wait before something came to wait for.
  /// - Parameter heldNs: how long others had `refresh_lock` between its request and its entry.
  /// - Parameter lateNs: how long after its stamp the test of the accepted round was taken.
  /// - Parameter lateSnapshotNs: how long after its top the snapshot of the accepted round was taken.
  /// - Parameter usual: the parts of a round where it made none itself.
  init(
    _ refresh: RecordedRefresh, _ operation: RecordedOperation, cache: Int, uhva: UHVA, waits: [RecordedWait?],
    passedAtTop: [Bool], waitsBehindLookup: Bool, heldNs: Int64, lateNs: Int64, lateSnapshotNs: Int64, usual: Round
  ) {
    self.cache = cache
    self.uhva = uhva
    isGPABased = refresh.isGPABased ?? true
    activates = refresh.origin == .activate || refresh.origin == .activateHva
    requestNs = refresh.request?.time ?? operation.begin.time
    var rounds = Self.rounds(refresh, from: operation.begin.time)
    self.waits = waits.indices.map { waits[$0] != nil ? .waited : passedAtTop[$0] ? .passedAtTop : .none }
    for (index, wait) in waits.enumerated() {
      guard let wait else { continue }
      let part = waitsBehindLookup ? \Round.testNs : \Round.loopNs
      rounds[index][keyPath: part] = max(0, rounds[index][keyPath: part].subtractingClamped(wait.ns))
    }
    median = (rounds.isEmpty ? usual : Self.median(rounds)).lastingAtLeast(Self.roundMinNs)
    var begunNs = (refresh.rounds.first?.loop ?? refresh.rounds.first?.lookup ?? operation.begin).time
    if let last = rounds.indices.last {
      rounds[last].testNs.addClamped(lateNs)
      if last > 0 { rounds[last - 1].repeatNs.addClamped(lateSnapshotNs) } else { begunNs.addClamped(lateSnapshotNs) }
      rounds[last].loopNs = rounds[last].loopNs.subtractingClamped(lateSnapshotNs)
    }
    self.rounds = rounds
    self.lateSnapshotNs = lateSnapshotNs
    let waitedNs = max(0, operation.begin.time - requestNs)
    wakeUpNs = max(0, waitedNs - heldNs)
    beginNs = max(0, begunNs.subtractingClamped(operation.begin.time))
    let last = refresh.rounds.last.flatMap { $0.test ?? $0.lookupRet ?? $0.lookup ?? $0.loop } ?? operation.begin
    returnNs = max(0, (operation.end.time - last.time).subtractingClamped(lateNs))
    failingLookup = refresh.ret != 0 && !rounds.isEmpty ? rounds.count - 1 : nil
  }

  func round(_ ordinal: Int) -> Round { ordinal < rounds.count ? rounds[ordinal] : median }

  func wait(_ ordinal: Int) -> Wait { ordinal < waits.count ? waits[ordinal] : .none }

  var roundCount: Int { rounds.count }

  /// How long after its recorded top the `ordinal`-th round begins in the model: with its snapshot.
  func lateNs(_ ordinal: Int) -> Int64 { ordinal == rounds.count - 1 ? lateSnapshotNs : 0 }

  /// Does the `ordinal`-th lookup fail? The page was not available from the recorded one on.
  func lookUpFails(_ ordinal: Int) -> Bool { failingLookup.map { ordinal >= $0 } ?? false }

  private static func rounds(_ refresh: RecordedRefresh, from beginNs: Int64) -> [Round] {
    var rounds: [Round] = []
    rounds.reserveCapacity(refresh.rounds.count)
    // An unrecorded moment is taken to be the previous one.
    var atNs = refresh.rounds.first?.loop?.time ?? beginNs
    for recorded in refresh.rounds {
      var round = Round()
      let loopNs = recorded.loop?.time ?? atNs
      if !rounds.isEmpty { rounds[rounds.count - 1].repeatNs = max(0, loopNs - atNs) }
      // A round without a lookup (dwmw2-v3.3) is all wait, up to its test.
      let lookupNs = recorded.lookup?.time ?? recorded.test?.time ?? loopNs
      let lookupRetNs = recorded.lookupRet?.time ?? lookupNs
      let testNs = recorded.test?.time ?? lookupRetNs
      round.loopNs = max(0, lookupNs - loopNs)
      round.lookupNs = max(0, lookupRetNs - lookupNs)
      round.testNs = max(0, testNs - lookupRetNs)
      atNs = testNs
      rounds.append(round)
    }
    return rounds
  }

  private static func median(_ rounds: [Round]) -> Round {
    if rounds.count == 1 {
      var round = rounds[0]
      round.repeatNs = round.testNs
      return round
    }
    return Round(
      loopNs: median(rounds.map(\.loopNs)), lookupNs: median(rounds.map(\.lookupNs)),
      testNs: median(rounds.map(\.testNs)), repeatNs: median(rounds.dropLast().map(\.repeatNs)))
  }

  /// Of two, the smaller one: a first lookup often pays for a page fault.
  private static func median(_ values: [Int64]) -> Int64 { values.sorted()[(values.count - 1) / 2] }
}
