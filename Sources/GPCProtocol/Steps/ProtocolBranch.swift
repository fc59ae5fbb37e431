// A way that a step can go: what coverage is counted in.

/// A step and the way it went.
package struct ProtocolBranch: Hashable, Sendable {
  package let step: TaskStep
  package let branch: StepBranch

  package init(_ step: TaskStep, _ branch: StepBranch) {
    self.step = step
    self.branch = branch
  }
}

extension ProtocolBranch {
  /// Every branch that the engine has, under some form or another, in code order.
  package static let all: [ProtocolBranch] = TaskStep.all.flatMap { step in
    step.branches.map { ProtocolBranch(step, $0) }
  }

  /// By `slot`; a pair that the engine does not have: `UInt8.max`.
  private static let codes: [UInt8] = {
    var codes = [UInt8](repeating: .max, count: TaskStep.codeCount * StepBranch.allCases.count)
    for (code, branch) in all.enumerated() { codes[branch.slot] = UInt8(code) }
    return codes
  }()

  /// Its place in `all`.
  package var code: Int {
    let code = Int(Self.codes[slot])
    precondition(code < Self.all.count, "the engine goes a way that is not listed: \(step) \(branch)")
    return code
  }

  private var slot: Int { step.code * StepBranch.allCases.count + branch.place }
}

extension StepBranch {
  /// Its place in `allCases`.
  package var place: Int {
    switch self {
    case .done: 0
    case .hit: 1
    case .miss: 2
    case .kept: 3
    case .lookUp: 4
    case .inactive: 5
    case .noMemslot: 6
    case .failed: 7
    case .retry: 8
    case .pass: 9
    case .pending: 10
    case .clear: 11
    case .woken: 12
    case .yes: 13
    case .no: 14
    case .already: 15
    }
  }
}
