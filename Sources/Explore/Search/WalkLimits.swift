// How much follows a search that was cut off: the orders of few preemptions, then random walks.

package struct WalkLimits: Hashable, Sendable {
  package var seed: UInt64
  package var walkCount: Int
  package var stepsMax: Int
  /// How often a walk lets the running task fall behind all others.
  package var fallsMax: Int
  /// States that the search by preemptions may store before the walks.
  package var statesMax: Int

  package init(
    seed: UInt64 = 1, walkCount: Int = 400, stepsMax: Int = 2_000, fallsMax: Int = 3, statesMax: Int = 500_000
  ) {
    self.seed = seed
    self.walkCount = walkCount
    self.stepsMax = stepsMax
    self.fallsMax = fallsMax
    self.statesMax = statesMax
  }
}
