// The steps of a form that no order came to, in few words.

import GPCProtocol

/// By kernel function: all of it, or its statements. Steps that only take or drop a lock go with those they guard and are not told.
struct NeverReached {
  private let words: [String]

  /// - Parameter isAsked: does the step belong to what was searched at all?
  init(_ form: ProtocolForm, reached: Set<Int>, isAsked: (TaskStep) -> Bool = { _ in true }) {
    var functions: [String] = []
    var told: [String: [(statement: String, isReached: Bool)]] = [:]
    for step in form.steps where step != .finished && !step.isLockingOnly && isAsked(step) {
      let words = StepWords(step, form.rules)
      if told[words.function] == nil { functions.append(words.function) }
      told[words.function, default: []].append((words.statement, reached.contains(step.code)))
    }
    words = functions.compactMap { function in
      let missing = (told[function] ?? []).filter { !$0.isReached }
      if missing.isEmpty { return nil }
      if missing.count == told[function]?.count { return "all of \(function)" }
      return "\(function) \(missing.map { "\"\($0.statement)\"" }.joined(separator: ", "))"
    }
  }

  /// Lines behind a label, broken before column 120.
  func lines(_ label: String) -> [String] {
    guard !words.isEmpty else { return ["\(label): none of the form's steps"] }
    var lines: [String] = []
    var line = "\(label):"
    for (index, word) in words.enumerated() {
      let piece = " \(word)\(index + 1 < words.count ? ";" : "")"
      if line.count + piece.count > 120 {
        lines.append(line)
        line = String(repeating: " ", count: label.count + 1)
      }
      line += piece
    }
    return lines + [line]
  }
}
