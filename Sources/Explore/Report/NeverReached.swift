// The steps of a form that no order came to, and the ways that no order went from those it came to, in few words.

import GPCProtocol

/// By kernel function: all of it, or its statements; then what was reached and never went some way.
struct NeverReached {
  /// Functions and statements that no order came to.
  let steps: [Words]
  /// Statements and where they never led.
  let branches: [Words]

  /// Of one function: its name and what is reported of it, in as many pieces as there are statements.
  typealias Words = [String]

  /// - Parameters:
  ///   - isAsked: does the branch belong to what was searched at all?
  ///   - tellsLocks: also steps that only take or drop a lock; where not, they go with those they guard.
  init(
    _ form: ProtocolForm, reached: BranchSet, tellsLocks: Bool = false,
    isAsked: (ProtocolBranch) -> Bool = { _ in true }
  ) {
    let reachedSteps = Set(reached.steps)
    var functions: [String] = []
    var told: [String: [(statement: String, isReached: Bool)]] = [:]
    var untaken: [String: [String]] = [:]
    for (step, branches) in Self.byStep(form.branches.filter(isAsked)) where tellsLocks || form.program.isTold(step) {
      let words = form.program.words(step)
      if told[words.function] == nil { functions.append(words.function) }
      let isReached = reachedSteps.contains(step)
      told[words.function, default: []].append((words.statement, isReached))
      let missing = branches.filter { !reached.contains($0) }
      if isReached && !missing.isEmpty {
        let ways = missing.map(\.branch.words).joined(separator: ", ")
        untaken[words.function, default: []].append("\"\(words.statement)\" -> \(ways)")
      }
    }
    steps = functions.compactMap { function in
      let missing = (told[function] ?? []).filter { !$0.isReached }
      if missing.isEmpty { return nil }
      if missing.count == told[function]?.count { return ["all of \(function)"] }
      return Self.words(function, missing.map { "\"\($0.statement)\"" })
    }
    branches = functions.compactMap { function in
      untaken[function].map { Self.words(function, $0) }
    }
  }

  private static func words(_ function: String, _ statements: [String]) -> Words {
    statements.enumerated().map { $0 == 0 ? "\(function) \($1)" : $1 }
  }

  private static func byStep(_ branches: [ProtocolBranch]) -> [(step: TaskStep, branches: [ProtocolBranch])] {
    branches.reduce(into: []) { steps, branch in
      if steps.last?.step != branch.step { steps.append((branch.step, [])) }
      steps[steps.count - 1].branches.append(branch)
    }
  }

  /// Lines of a search: of the steps in any case, of the branches where there are any.
  func lines(isComplete: Bool = true) -> [String] {
    let stepsLabel = isComplete ? "never reached" : "not reached so far"
    let branchesLabel = isComplete ? "never taken" : "not taken so far"
    return Self.lines(stepsLabel, steps.isEmpty ? [["nothing (all steps of the form were)"]] : steps)
      + Self.lines(branchesLabel, branches)
  }

  /// Words after a label, broken before column 120: between functions, inside one only where it does not fit a line;
  /// none without words.
  static func lines(_ label: String, _ words: [Words]) -> [String] {
    guard !words.isEmpty else { return [] }
    var lines: [String] = []
    var line = "\(label):"
    let indent = line.count
    for (index, function) in words.enumerated() {
      for piece in function.pieces(end: index + 1 < words.count ? ";" : "", width: columns - indent) {
        if line.count + piece.count > columns && line.count > indent {
          lines.append(line)
          line = String(repeating: " ", count: indent)
        }
        line += piece
      }
    }
    return lines + [line]
  }

  private static let columns = 120
}

extension NeverReached.Words {
  fileprivate func pieces(end: String, width: Int) -> [String] {
    let whole = " \(joined(separator: ", "))\(end)"
    guard whole.count > width else { return [whole] }
    return enumerated().map { " \($1)\($0 + 1 < count ? "," : end)" }
  }
}
