// A scenario over the budget: every order of few preemptions, then random walks.

import GPCProtocol

extension Explorer {
  /// nil: the search saw everything, or the deadline has passed.
  func fallback(_ completeness: Completeness, _ stepper: Stepper, _ layout: StateLayout) -> Fallback? {
    guard case .truncated(let bound) = completeness, !bound.isDeadline else { return nil }
    var walks = RandomWalks(stepper: stepper, initial: layout.initial, limits: walkLimits)
    return Fallback(
      preemptionsComplete: preemptionsComplete(stepper, layout), walks: walkLimits, met: walks.run())
  }

  /// The search for a state that there is not goes through the orders by preemptions until the budget is used up.
  private func preemptionsComplete(_ stepper: Stepper, _ layout: StateLayout) -> Int {
    let nothing = ScheduleGoal.states(StateSet(wordCount: layout.wordCount))
    var limits = limits
    limits.statesMax = min(limits.statesMax, walkLimits.statesMax)
    var search = ScheduleSearch(stepper: stepper, layout: layout, limits: limits, goal: nothing)
    switch search.run() {
    case .truncated(let preemptions): return preemptions
    case .none, .found: return Int.max
    }
  }
}
