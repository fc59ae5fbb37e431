// A dense number for every step, for packed states and for the set of steps that a search has reached.

extension TaskStep {
  package static let codeCount = 90

  /// Every step there is, in code order.
  package static let all: [TaskStep] =
    HookStep.allCases.map(TaskStep.hook) + WalkStep.allCases.map(TaskStep.walk)
    + RefreshStep.allCases.map(TaskStep.refresh) + WaitStep.allCases.map(TaskStep.wait)
    + RetryStep.allCases.map(TaskStep.retry) + CheckStep.allCases.map(TaskStep.check)
    + DeactivateStep.allCases.map(TaskStep.deactivate) + ActivateStep.allCases.map(TaskStep.activate) + [.finished]

  package var code: Int {
    switch self {
    case .hook(let step): Int(step.rawValue)
    case .walk(let step): 17 + Int(step.rawValue)
    case .refresh(let step): 28 + Int(step.rawValue)
    case .wait(let step): 45 + Int(step.rawValue)
    case .retry(let step): 59 + Int(step.rawValue)
    case .check(let step): 69 + Int(step.rawValue)
    case .deactivate(let step): 73 + Int(step.rawValue)
    case .activate(let step): 81 + Int(step.rawValue)
    case .finished: 89
    }
  }
}
