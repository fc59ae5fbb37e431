// A requested search over the windows of a recording.

import Explore
import KVMEvents
import Replay

/// How windows are searched, and how far.
package struct SearchRequest: Sendable {
  /// nil: the trace clock's own uncertainty.
  package var bound: ClockBound?
  package var budget: SearchBudget
  /// For the random walks that follow a truncated search.
  package var seed: UInt64 = 1
  /// Of each verdict.
  package var counterexamplesMax = 1
  /// Counted from 1; nil: all.
  package var onlyWindow: Int?

  package init(bound: ClockBound? = nil, budget: SearchBudget) {
    self.bound = bound
    self.budget = budget
  }

  /// - Parameter replay: the settings of the replay that finds the recording's windows.
  func settings(_ replay: ReplayOptions) -> WindowExplorer.Settings {
    var settings = WindowExplorer.Settings(
      order: bound == .infinite ? .program : .recorded(MomentOrder(deltaNs: replay.deltaNs), replay.stampUnit))
    settings.limits = budget.limits(orElse: SearchLimits(statesMax: 200_000))
    // A storm has many truncated windows: the walks must not cost more than the search.
    settings.walkLimits = WalkLimits(seed: seed, walkCount: 50, statesMax: 50_000)
    settings.counterexamplesMax = counterexamplesMax
    settings.onlyWindow = onlyWindow
    return settings
  }
}

/// The bounds of a search; nil: the default.
package struct SearchBudget: Sendable {
  package var statesMax: Int?
  /// Bytes of stored states.
  package var memoryMax: Int?
  /// nil: as long as it takes.
  package var deadline: Deadline?

  package init(statesMax: Int? = nil, memoryMax: Int? = nil, deadline: Deadline? = nil) {
    self.statesMax = statesMax
    self.memoryMax = memoryMax
    self.deadline = deadline
  }

  package func limits(orElse limits: SearchLimits = SearchLimits()) -> SearchLimits {
    SearchLimits(
      statesMax: statesMax ?? limits.statesMax, memoryMax: memoryMax ?? limits.memoryMax, deadline: deadline)
  }
}
