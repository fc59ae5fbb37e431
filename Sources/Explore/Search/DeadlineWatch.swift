// A search's look at the deadline.

/// Asked with each state, looks at the deadline with the first and then seldom. A search that it cuts off ends
/// elsewhere on another machine; counts do not.
struct DeadlineWatch {
  private let deadline: Deadline?
  private var asked = 0
  private(set) var bound: Completeness.Bound?

  init(_ deadline: Deadline?) { self.deadline = deadline }

  mutating func hasPassed() -> Bool {
    guard let deadline, bound == nil else { return bound != nil }
    if asked % 256 == 0 { bound = deadline.bound }
    asked += 1
    return bound != nil
  }
}
