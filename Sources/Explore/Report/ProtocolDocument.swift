// docs/protocol.md, as the code has it. A test compares the two.

import GPCProtocol

package struct ProtocolDocument {
  package init() {}

  package func lines() -> [String] {
    var tables: [String: Set<StepTable.Row>] = [:]
    var lines = Self.head
    for form in ProtocolForm.all {
      let table = StepTable(form)
      tables[form.id] = table.rows
      lines += heading(form)
      lines += ["### The cache", ""] + Self.table(["state", "event", "next state", "action"], CacheTable(form).rows)
      lines += ["", "### The steps", ""]
      lines += stepLines(form, table, base: form.base.flatMap { tables[$0] })
    }
    return lines
  }

  private static let head = [
    "# The forms as state machines", "",
    "Generated from the code (`gpc-replay protocols --document`); a test compares this file with it.", "",
    "Of each form: the cache as a state machine, and its steps. A step is one lock operation or one access to a field that somebody reads bare;",
    "`next` is where the task stands then, `done` the end of the operation. A form that is told from another one lists the steps that differ.",
    "",
  ]

  private func heading(_ form: ProtocolForm) -> [String] {
    let base = form.base.map { " Told from `\($0)`." } ?? ""
    return ["## \(form.id)", "", "\(form.title). Source: \(form.source).\(base)", ""]
  }

  private func stepLines(_ form: ProtocolForm, _ table: StepTable, base: Set<StepTable.Row>?) -> [String] {
    let rows = table.sorted.filter { !(base?.contains($0) ?? false) }.map { words($0, form) }
    let gone = (base ?? []).subtracting(table.rows).sorted {
      ($0.step, $0.branch.rawValue) < ($1.step, $1.branch.rawValue)
    }
    var lines = Self.table(["step", "event", "next", "action"], rows)
    if rows.isEmpty { lines = ["No step that the other form does not have."] }
    if !gone.isEmpty {
      let words = Set(gone.map(edge)).sorted().joined(separator: ", ")
      lines += ["", "Not any more: \(words)."]
    }
    return lines + [""]
  }

  private func edge(_ row: StepTable.Row) -> String {
    let branch = row.branch == .done ? "" : " (\(row.branch.rawValue))"
    return "`\(name(row.step))`\(branch) to `\(row.next.map(name) ?? "done")`"
  }

  private func words(_ row: StepTable.Row, _ form: ProtocolForm) -> [String] {
    let words = StepWords(TaskStep.all[row.step], form.rules)
    return [
      "`\(name(row.step))`", row.branch == .done ? "" : row.branch.rawValue, row.next.map { "`\(name($0))`" } ?? "done",
      "\(words.function) \(words.statement)",
    ]
  }

  /// `walk.test`, as in the code.
  private func name(_ code: Int) -> String { TaskStep.all[code].name }

  private static func table(_ heading: [String], _ rows: [[String]]) -> [String] {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
    return [line(heading), line(heading.map { _ in "---" })] + rows.map(line)
  }
}

extension TaskStep {
  /// Group and case, as they are named in the code.
  fileprivate var name: String {
    switch self {
    case .hook(let step): "hook.\(step)"
    case .walk(let step): "walk.\(step)"
    case .refresh(let step): "refresh.\(step)"
    case .wait(let step): "wait.\(step)"
    case .retry(let step): "retry.\(step)"
    case .check(let step): "check.\(step)"
    case .deactivate(let step): "deactivate.\(step)"
    case .activate(let step): "activate.\(step)"
    case .finished: "done"
    }
  }
}
