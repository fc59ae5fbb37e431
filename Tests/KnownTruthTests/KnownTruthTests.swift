// What the replay says is held against what a simulated kernel did, for some hundred recordings.

import Foundation
import KnownTruth
import SimulatedKernel
import Testing

/// GPC_REPLAY_SIMULATIONS: how many recordings of each kind; GPC_REPLAY_SEED: the first seed, or `fresh`;
/// GPC_REPLAY_OWED=1: judge by all properties, those too that the replay is known not to keep.
@Suite struct KnownTruthTests {
  private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

  private static let count = variable("GPC_REPLAY_SIMULATIONS").flatMap(Int.init) ?? 40
  private static let firstSeed =
    variable("GPC_REPLAY_SEED").map { UInt64($0) ?? UInt64.random(in: 1...(1 << 40)) } ?? 1
  private static let judgesAll = variable("GPC_REPLAY_OWED") != nil

  /// At most this much of a recording is printed with a failure.
  private static let shownMax = 20_000

  @discardableResult
  private func hold(_ level: KnownTruthLevel, count: Int) throws -> Tally {
    let properties = Self.judgesAll ? Set(Property.allCases) : level.held
    var tally = Tally()
    for seed in Self.firstSeed..<Self.firstSeed + UInt64(count) {
      let settings = level.settings(seed: seed)
      let recording = SimulatedRecording(SimulatedKernel.run(Workload(drawnFrom: settings), settings))
      let (failures, judged) = try TruthJudge.judge(recording)
      tally.add(judged)
      guard failures.contains(where: { properties.contains($0.property) }) else { continue }
      guard var failing = try FailingRun(settings, properties: properties) else {
        Issue.record("the second run of \(settings.arguments) is another one than the first")
        continue
      }
      try failing.shrink()
      Issue.record(
        """
        \(failing.failure)
        tools/simulate --check --shrink \(settings.arguments)
        \(failing.recording.text.prefix(Self.shownMax))
        """)
    }
    return tally
  }

  @Test(arguments: KnownTruthLevel.recordings)
  func nothingFalseIsSaid(of level: KnownTruthLevel) throws {
    let tally = try hold(level, count: Self.count)
    #expect(tally.checks > 5 * Self.count && tally.tests > 2 * Self.count && tally.retries > Self.count / 2)
  }

  @Test(arguments: KnownTruthLevel.mutants)
  func missedInvalidationsAreTrue(mutant: KnownTruthLevel) throws { try hold(mutant, count: Self.count / 2) }

  @Test(arguments: KnownTruthLevel.forms)
  func eachFormIsJudged(form: KnownTruthLevel) throws { try hold(form, count: Self.count / 2) }

  @Test(arguments: KnownTruthLevel.recordedForms)
  func whatRanIsNotRefuted(form: KnownTruthLevel) throws { try hold(form, count: Self.count / 4) }

  /// A kernel that misses invalidations is seen to: or the properties above would hold of a replay that says nothing.
  @Test func mutantsAreFound() throws {
    var tally = Tally()
    for mutant in KnownTruthLevel.mutants where ["no-retry-test", "no-count", "late-walk"].contains(mutant.name) {
      tally.add(try hold(mutant, count: 2 * Self.count))
    }
    #expect(tally.contracts > 0 && tally.stale > 0 && tally.certain > 0)
  }

  /// Filters and fields that are none are seen: or the properties above would hold of a replay that never looks.
  @Test func signsAreFound() throws {
    let filtered = try #require(KnownTruthLevel.recordings.first { $0.name == "silent filter" })
    #expect(try hold(filtered, count: Self.count).filtered > 0)
    let implausible = try #require(KnownTruthLevel.recordings.first { $0.name == "implausible fields" })
    #expect(try hold(implausible, count: Self.count).implausible > 0)
  }
}
