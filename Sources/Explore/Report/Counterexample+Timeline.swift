// The timeline of a counterexample: a column per task, and what holds after each move.

import GPCProtocol
import KVMEvents
import TextLayout

extension Counterexample {
  /// The state before the first move.
  package var initialState: TimelineState {
    TimelineState(ProtocolEngine(form, setup: scenario.setup).initialState(), form, scenario)
  }

  /// The moves in order.
  package func timelineMoves() -> [TimelineMove] {
    let stepper = scenario.stepper(form, grain)
    var state = stepper.engine.initialState()
    var latest: EventID = 0
    return schedule.moves.map { move in
      let task = Int(move.task)
      let phase = Int(stepper.engine.traits(state.tasks[task].step).phase)
      let interval = scenario.bounds?.interval(task, Int(state.tasks[task].operation), phase: phase)
      let operation = scenario.setup.programs[task].operations[Int(state.tasks[task].operation)]
      var words = MoveWords(form.program, of: operation)
      var locks = LockNames(scenario.setup.caches.count)
      var concern = MoveMemo.Concern.none
      var before = state
      var choice = Int(move.choice)
      _ = stepper.take(move, &state, &concern) { step, outcome in
        words.add(step, outcome.branch)
        _ = stepper.engine.take(task, choice: choice, &before)
        choice = 0
        locks.add(heldBy: task, before)
      }
      defer { latest = max(latest, interval?.lower.id ?? 0) }
      return TimelineMove(
        task: task, function: words.function, statements: words.statements, locks: locks.words,
        state: TimelineState(state, form, scenario), line: interval?.lower.id,
        isWhatIf: (interval?.upper.id ?? latest) < latest)
    }
  }

  /// One line per move, with the kernel function above the first one in it: a column per task, or where that is wider
  /// than `width`, one for all of them, each further to the right; then without the last columns of the state.
  func timeline(_ place: EventPlace, width: Int) -> [String] {
    let names = scenario.setup.programs.map(\.name)
    let moves = timelineMoves()
    var columns = TimelineColumns(names, place: scenario.bounds.map { _ in place.rawValue })
    let state = TimelineState.headings(scenario, form.rules)
    var table = table(moves, columns, state.count)
    for count in stride(from: state.count, through: Self.stateColumnsMin, by: -1) where table.width > width {
      columns.share(width: width, besides: state.prefix(count), moves)
      table = self.table(moves, columns, count)
    }
    return table.lines() + [closing(names)]
  }

  /// `locks`, and a cache's `valid` and `pfn`.
  private static let stateColumnsMin = 3

  /// - Parameter stateCount: how many columns of the state.
  private func table(_ moves: [TimelineMove], _ columns: TimelineColumns, _ stateCount: Int) -> TextTable {
    var table = TextTable()
    let headings = TimelineState.headings(scenario, form.rules).prefix(stateCount)
    for row in columns.headings.dropLast() { table.append(row) }
    table.append((columns.headings.last ?? []) + headings)
    table.append(columns.row("0", "", task: nil, "") + ([""] + initialState.cells).prefix(stateCount))
    var before: TimelineMove?
    for (index, move) in moves.enumerated() {
      if index == schedule.loopStart { table.appendHeading("-- repeated from here on --", column: 1) }
      let functionBefore = before?.task == move.task ? before?.function : nil
      if functionBefore != move.function {
        let (column, indent) = columns.place(of: move.task)
        table.appendHeading(indent + move.function + ":", column: column)
      }
      let line = move.line == before?.line ? "" : move.line.map { "\(move.isWhatIf ? "~" : "")\($0)" } ?? ""
      let lines = columns.lines(move)
      let last = lines.last ?? []
      for text in lines.dropLast().joined() { table.append(columns.row("", "", task: move.task, text)) }
      table.append(
        columns.row("\(index + 1)", line, task: move.task, last.first ?? "")
          + ([move.locks] + move.state.cells).prefix(stateCount))
      for text in last.dropFirst() { table.append(columns.row("", "", task: move.task, text)) }
      before = move
    }
    return table
  }

  private func closing(_ names: [String]) -> String {
    switch verdict {
    case .contract, .stale: return "    ^ \(verdict.rawValue)"
    case .livelock, .spins: return "    ^ and so on: \(verdict.words)"
    case .deadlock:
      let stepper = scenario.stepper(form, grain)
      var state = stepper.engine.initialState()
      for move in schedule.moves { _ = stepper.take(move, &state) }
      let blocked = names.indices.filter {
        stepper.engine.choices($0, state) == 0 && !stepper.isFinished($0, state)
      }
      let words = blocked.map { "\(names[$0]) at \(form.program.words(state.tasks[$0].step).statement)" }
      return "    ^ deadlock: \(words.joined(separator: ", "))"
    }
  }
}
