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
  /// Every branch that the text has, under some form or another, in the order of the steps' codes.
  package static let all: [ProtocolBranch] = {
    var all: [ProtocolBranch] = []
    for function in ProtocolText<ProtocolState>(ProtocolRules()).functions {
      for line in function.lines {
        guard case .step(let step) = line.kind else { continue }
        for way in line.ways.map({ ProtocolBranch(step, $0.branch) }) where !all.contains(way) { all.append(way) }
      }
    }
    return all.sorted { ($0.step.code, $0.branch.place) < ($1.step.code, $1.branch.place) }
  }()

  /// By `slot`; a pair that the text does not have: `UInt8.max`.
  private static let codes: [UInt8] = {
    var codes = [UInt8](repeating: .max, count: StepTable<ProtocolState>.stepCount * StepBranch.count)
    for (code, branch) in all.enumerated() { codes[branch.slot] = UInt8(code) }
    return codes
  }()

  /// Its place in `all`.
  package var code: Int {
    let code = Int(Self.codes[slot])
    precondition(code < Self.all.count, "a step goes a way that is not listed: \(step) \(branch)")
    return code
  }

  private var slot: Int { Int(step.code) * StepBranch.count + branch.place }
}
