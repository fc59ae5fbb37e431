// From a verdict to the counterexample that is shown: found, shrunk, and found again.

import GPCProtocol

extension Explorer {
  /// The shortest counterexample of `verdict`, in this scenario as it is, or the one that a random walk met; nil where
  /// there is none.
  package func counterexample(_ verdict: SearchVerdict) -> Counterexample? {
    guard let schedule = shortestSchedule(verdict) ?? explore(verdicts: .safety).fallback?.met[verdict] else {
      return nil
    }
    let stuckKind = verdict == .deadlock ? stuckKind(schedule) : nil
    return Counterexample(
      form: form, scenario: scenario, verdict: verdict, stuckKind: stuckKind, schedule: schedule, grain: grain)
  }

  /// The same, shrunk until removing any one thing makes it pass, or the deadline has passed: what was found before it
  /// is shown, if not so small. Every candidate is searched again.
  package func shrunkCounterexample(_ verdict: SearchVerdict) -> Counterexample? {
    var unhurried = self
    unhurried.limits = limits.withoutDeadline
    guard var best = unhurried.counterexample(verdict) else { return nil }
    var candidates = best.scenario.smaller()
    while limits.deadline?.bound == nil, let candidate = candidates.popFirst() {
      guard let found = with(candidate).counterexample(verdict), found.stuckKind == best.stuckKind else { continue }
      best = found
      candidates = candidate.smaller()
    }
    return best
  }

  private func with(_ scenario: Scenario) -> Explorer {
    var explorer = self
    explorer.scenario = scenario
    return explorer
  }

  func stuckKind(_ schedule: Schedule) -> StuckKind? {
    guard let (stepper, layout) = start() else { return nil }
    var state = layout.initial
    for move in schedule.moves { _ = stepper.take(move, &state) }
    let cycle = stepper.lockCycle(state)
    guard cycle != 0 else { return .asleep }
    return stepper.isSelfDeadlock(cycle, state) ? .selfDeadlock : .deadlock
  }
}
