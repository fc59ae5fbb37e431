// A finding or a counterexample for a mail: a column per task, 72 characters, as commit messages show races.

import TextLayout

/// Who does what after whom: text of one task per line.
package struct MailTimeline {
  package static let width = 72

  struct Row {
    let task: String
    let text: String
    /// Behind the first line of a function: one level further in.
    var isInside = false
  }

  private let rows: [Row]

  init(_ rows: [Row]) { self.rows = rows }

  package var lines: [String] {
    let tasks = rows.reduce(into: [String]()) { tasks, row in
      if !tasks.contains(row.task) { tasks.append(row.task) }
    }
    let starts = Self.starts(tasks.count)
    var lines = Self.heading(tasks, starts)
    for row in rows {
      guard let column = tasks.firstIndex(of: row.task) else { continue }
      let indent = starts[column] + (row.isInside ? 2 : 0)
      lines += Self.broken(row.text, indent: indent)
    }
    return lines
  }

  /// A text may extend under the columns to its right: their own texts are on other lines.
  private static func starts(_ count: Int) -> [Int] {
    guard count > 1 else { return [2] }
    return (0..<count).map { 2 + 26 * $0 / (count - 1) }
  }

  private static func heading(_ tasks: [String], _ starts: [Int]) -> [String] {
    guard tasks.count == 2, starts[0] + tasks[0].count < starts[1] else {
      return zip(tasks, starts).flatMap { broken($0, indent: $1) } + [""]
    }
    let gap = String(repeating: " ", count: starts[1] - starts[0] - tasks[0].count)
    let rules = tasks.map { String(repeating: "=", count: $0.count) }
    return [tasks, rules].map { "  " + $0[0] + gap + $0[1] }
  }

  /// Folded before the last column.
  static func broken(_ text: String, indent: Int) -> [String] { folded(text, indent: indent, width: width) }
}
