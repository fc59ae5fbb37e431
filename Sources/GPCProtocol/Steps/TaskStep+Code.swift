// A dense number for every step, for packed states and for the set of steps that a search has reached.

extension TaskStep {
  package static let codeCount = 89

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
    case .wait(let step): 44 + Int(step.rawValue)
    case .retry(let step): 58 + Int(step.rawValue)
    case .check(let step): 68 + Int(step.rawValue)
    case .deactivate(let step): 72 + Int(step.rawValue)
    case .activate(let step): 80 + Int(step.rawValue)
    case .finished: 88
    }
  }
}
