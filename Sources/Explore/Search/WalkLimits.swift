// How many random walks follow a search that was cut off.

package struct WalkLimits: Hashable, Sendable {
  package var seed: UInt64
  package var walkCount: Int
  package var stepsMax: Int
  /// How often a walk lets the running task fall behind all others.
  package var fallsMax: Int

  package init(seed: UInt64 = 1, walkCount: Int = 400, stepsMax: Int = 2_000, fallsMax: Int = 3) {
    self.seed = seed
    self.walkCount = walkCount
    self.stepsMax = stepsMax
    self.fallsMax = fallsMax
  }
}
