// Where a timeline has its numbers, its lines and the statements of its tasks.

import TextLayout

/// The columns of a timeline before those of the state.
struct TimelineColumns {
  private let names: [String]
  /// The heading of the recorded places; nil: nothing is recorded.
  private let place: String?
  /// Characters that a statement may have in a column of all tasks; nil: each task has a column of its own.
  private var room: Int?

  init(_ names: [String], place: String?) {
    self.names = names
    self.place = place
  }

  /// Between two tasks in one column.
  private static let step = 3
  /// Of the longest word of a statement.
  private static let roomMin = 32

  /// All tasks in one column, so wide that the table has `width` with these columns of the state.
  mutating func share(width: Int, besides headings: some Collection<String>, _ moves: [TimelineMove]) {
    var state = TextTable()
    state.append(Array(headings))
    for move in moves { state.append(Array(([move.locks] + move.state.cells).prefix(headings.count))) }
    let numbers = "\(moves.count)".count + 2 + (place.map { max($0.count, widestPlace(moves)) + 2 } ?? 0)
    room = max(width - numbers - state.width - 2 - Self.step * (names.count - 1) - 2, Self.roomMin)
  }

  private func widestPlace(_ moves: [TimelineMove]) -> Int {
    moves.compactMap { $0.line.map { "~\($0)".count } }.max() ?? 0
  }

  /// Rows; the columns of the state follow the last of them.
  var headings: [[String]] {
    guard room != nil else { return [start("#", place ?? "") + names] }
    return names.enumerated().map { task, name in
      let isLast = task == names.count - 1
      return row(isLast ? "#" : "", isLast ? place ?? "" : "", task: task, name)
    }
  }

  /// - Parameter task: nil: none moves.
  func row(_ number: String, _ line: String, task: Int?, _ text: String) -> [String] {
    guard room == nil else { return start(number, line) + [(task.map(indent) ?? "") + text] }
    return start(number, line) + names.indices.map { $0 == task ? text : "" }
  }

  /// The column of a task, and how far in its texts begin.
  func place(of task: Int) -> (column: Int, indent: String) {
    let first = place == nil ? 1 : 2
    return room == nil ? (first + task, "") : (first, indent(task))
  }

  /// Statements of one move, several to a line as far as they fit, and their lines.
  func lines(_ move: TimelineMove) -> [[String]] {
    let joined = move.statements.reduce(into: [String]()) { lines, statement in
      if let last = lines.last, last.count + statement.count < min(room ?? .max, 40) {
        lines[lines.count - 1] = "\(last); \(statement)"
      } else {
        lines.append(statement)
      }
    }
    return joined.map { folded($0, indent: 2, width: room.map { $0 + 2 } ?? .max) }
  }

  private func start(_ number: String, _ line: String) -> [String] { [number] + (place == nil ? [] : [line]) }

  private func indent(_ task: Int) -> String { String(repeating: " ", count: Self.step * task) }
}
