// What the searches of one window found.

import GPCProtocol

/// The searches of one window, added up over its caches and what they can start from.
struct WindowReport {
  let number: Int
  let operationCount: Int
  private(set) var searchCount = 0
  private(set) var repeatedCount = 0
  private(set) var stateCount = 0
  private(set) var transitionCount = 0
  private(set) var deadEndCount = 0
  /// Of some cache everything was seen, and no order that the recorded times allow came to its end.
  private(set) var isEndless = false
  private(set) var bound: Completeness.Bound?
  /// Something was cut off, and nothing of its other orders was seen.
  private(set) var hasUnseen = false
  /// Of what was cut off otherwise: every order with up to this many preemptions was seen; the least of all.
  private(set) var preemptionsComplete: Int?
  private(set) var branchesReached = BranchSet()
  /// The scenario that each verdict was first found in.
  private(set) var verdicts: [SearchVerdict: Scenario] = [:]

  init(number: Int, operationCount: Int) {
    self.number = number
    self.operationCount = operationCount
  }

  func isWanted(_ settings: WindowExplorer.Settings) -> Bool { settings.onlyWindow.map { $0 == number } ?? true }

  /// Something is not searched at all.
  mutating func note(_ bound: Completeness.Bound) {
    self.bound = self.bound ?? bound
    hasUnseen = true
  }

  /// Mainline's newest form spins in this window as well.
  private(set) var mainlineSpins = false

  mutating func noteMainlineSpins() { mainlineSpins = true }

  mutating func noteEndless() { isEndless = true }

  mutating func found(_ verdict: SearchVerdict, _ scenario: Scenario) {
    if verdicts[verdict] == nil { verdicts[verdict] = scenario }
  }

  mutating func add(_ exploration: Exploration, isRepeated: Bool, _ scenario: Scenario) {
    searchCount += 1
    if isRepeated {
      repeatedCount += 1
    } else {
      stateCount += exploration.stateCount
      transitionCount += exploration.transitionCount
    }
    deadEndCount += exploration.deadEndCount
    branchesReached.formUnion(exploration.branchesReached)
    if case .truncated(let bound) = exploration.completeness {
      if let fallback = exploration.fallback {
        self.bound = self.bound ?? bound
        preemptionsComplete = min(preemptionsComplete ?? .max, fallback.preemptionsComplete)
      } else {
        note(bound)
      }
    }
    for verdict in exploration.verdicts { found(verdict, scenario) }
  }
}
