// A search's share of time, where the user gives it one.

/// Asked often, looks at the clock seldom. A search that time cuts off ends elsewhere on another machine; counts do
/// not.
struct TimeLimit {
  private let end: ContinuousClock.Instant?
  private var asked = 0
  private var hasPassed = false

  init(_ secondsMax: Int?) {
    end = secondsMax.map { ContinuousClock.now + .seconds($0) }
  }

  mutating func isOver() -> Bool {
    guard let end, !hasPassed else { return hasPassed }
    asked += 1
    if asked % 256 == 0 { hasPassed = ContinuousClock.now > end }
    return hasPassed
  }
}
