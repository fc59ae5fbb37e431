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

  /// One line per move, with the kernel function above the first one in it.
  func timeline(_ place: EventPlace) -> [String] {
    let names = scenario.setup.programs.map(\.name)
    let moves = timelineMoves()
    let isRecorded = scenario.bounds != nil
    var table = TextTable()
    func row(_ number: String, _ line: String, _ cells: [String], _ rest: [String]) {
      table.append([number] + (isRecorded ? [line] : []) + cells + rest)
    }
    row("#", place.rawValue, names, TimelineState.headings(scenario, form.rules))
    row("0", "", names.map { _ in "" }, [""] + initialState.cells)
    var last: TimelineMove?
    var lastLine: EventID?
    for (index, move) in moves.enumerated() {
      if index == schedule.loopStart { table.appendHeading("-- repeated from here on --", column: 1) }
      let functionBefore = last?.task == move.task ? last?.function : nil
      if functionBefore != move.function {
        table.appendHeading(move.function + ":", column: (isRecorded ? 2 : 1) + move.task)
      }
      let line = move.line == lastLine ? "" : move.line.map { "\(move.isWhatIf ? "~" : "")\($0)" } ?? ""
      let lines = Self.wrapped(move.statements)
      for text in lines.dropLast() { row("", "", Self.cells(names.count, move.task, "  " + text), []) }
      row(
        "\(index + 1)", line, Self.cells(names.count, move.task, "  " + (lines.last ?? "")),
        [move.locks] + move.state.cells)
      last = move
      lastLine = move.line
    }
    return table.lines() + [closing(names)]
  }

  /// Statements of one move, several to a line as far as they fit.
  private static func wrapped(_ statements: [String]) -> [String] {
    statements.reduce(into: [String]()) { lines, statement in
      if let last = lines.last, last.count + statement.count < 40 {
        lines[lines.count - 1] = "\(last); \(statement)"
      } else {
        lines.append(statement)
      }
    }
  }

  private static func cells(_ count: Int, _ task: Int, _ text: String) -> [String] {
    (0..<count).map { $0 == task ? text : "" }
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
