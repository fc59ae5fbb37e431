// The judge judges: what is false is told, and made small.

import Forms
import GPCProtocol
import KnownTruth
import SimulatedKernel
import Testing

@Suite struct TruthJudgeTests {
  /// The first run of this mutant that has a missed invalidation of this kind.
  private func run(_ name: String, where isMeant: (KnownTruth) -> Bool) throws -> SimulatedRun {
    let mutant: SimulatedMutant = try #require(SimulatedMutant.named(name))
    for seed in 1...400 as ClosedRange<UInt64> {
      var settings = SimulationSettings(seed: seed)
      settings.features.subtract([.memslotUpdates, .splits])
      settings.mutant = mutant
      let run = SimulatedKernel.run(Workload(drawnFrom: settings), settings)
      if isMeant(run.truth) { return run }
    }
    throw NoSuchRun()
  }

  private struct NoSuchRun: Error {}

  /// The same records, said to be those of mainline.
  private func asMainline(_ run: SimulatedRun) -> SimulatedRecording {
    var settings = run.settings
    settings.mutant = nil
    return SimulatedRecording(
      SimulatedRun(
        workload: run.workload, settings: settings, records: run.records, truth: run.truth, turns: run.turns))
  }

  /// A divergence that is there would be told, were the kernel said not to diverge.
  @Test func aDivergenceIsTold() throws {
    let run = try run("no-retry-test") { truth in
      truth.rounds.contains { $0.outcome == .accepted && truth.isNecessary($0) && !$0.isStale }
    }
    let failures = try TruthJudge.judge(asMainline(run)).failures
    #expect(failures.contains { $0.property == .agreement })
  }

  /// A finding that the truth does not know is told: the truth of another run.
  @Test func aFalseFindingIsTold() throws {
    let run = try run("no-retry-test") { truth in truth.checks.contains { !$0.breached.isEmpty } }
    var truth = run.truth
    for check in truth.checks.indices {
      truth.checks[check].breached = []
      truth.checks[check].isStale = false
    }
    for round in truth.rounds.indices { truth.rounds[round].isStale = false }
    let recording = SimulatedRecording(
      SimulatedRun(
        workload: run.workload, settings: run.settings, records: run.records, truth: truth, turns: run.turns))
    let told = Set(try TruthJudge.judge(recording).failures.map(\.property))
    #expect(told.contains(.certainContract) || told.contains(.certainStale))
  }

  /// Operations and turns that a failure does not need are left out.
  @Test func aFailureIsMadeSmall() throws {
    let settings = try run("no-walk") { truth in truth.checks.contains { !$0.breached.isEmpty } }.settings
    var failing = try #require(
      try FailingRun(settings, triesMax: 400) { recording in
        // Not the replay's word, which is to change: a check in a contract window, as the truth has it.
        let truth = recording.run.truth
        guard let ret = truth.checks.first(where: { !$0.breached.isEmpty })?.ret, let line = recording.lines[ret] else {
          return []
        }
        return [Failure(property: .found, line: line, sentence: "a check in a contract window")]
      })
    let before = failing.run
    try failing.shrink()
    let after = failing.run
    #expect(after.workload.operationCount < before.workload.operationCount / 2)
    // An activation with one round, a start hook, a check.
    #expect(after.records.count < 30)
    #expect(failing.failure.property == .found)
  }
}
