// Explorations and their counterexamples, written and looked up.

import KVMEvents

extension TraceDatabase {
  /// Stores an exploration in place of the former one of the same form, memory model and delta. Returns the
  /// counterexamples' numbers.
  package func store(
    _ exploration: ExplorationRow, _ counterexamples: [CounterexampleRow], toolVersion: String
  ) throws(TraceStoreError) -> [Int64] {
    try connection.leaveWriteAheadLog()
    try connection.execute("BEGIN IMMEDIATE")
    do throws(TraceStoreError) {
      try removeFormer(exploration)
      let id = try insertExploration(exploration, toolVersion)
      let writer = try CounterexampleWriter(on: connection)
      var number = try connection.integer(
        "SELECT max(coalesce((SELECT max(id) FROM finding), 0), coalesce((SELECT max(id) FROM counterexample), 0))")
      var numbers: [Int64] = []
      guard number < .max - Int64(counterexamples.count) else {
        throw TraceStoreError.damaged(table: "counterexample", reason: "its numbers have come to their end")
      }
      for counterexample in counterexamples {
        number += 1
        try writer.write(counterexample, id: number, exploration: id)
        numbers.append(number)
      }
      try connection.execute("COMMIT")
      return numbers
    } catch {
      connection.rollBack()
      throw error
    }
  }

  /// The text of a stored counterexample; nil where there is none of this number.
  package func counterexampleText(_ id: Int64) throws(TraceStoreError) -> String? {
    let row = try statement("SELECT text FROM counterexample WHERE id = ?1")
    row.bind(1, id)
    return try row.step() ? row.text(0) : nil
  }

  private func removeFormer(_ exploration: ExplorationRow) throws(TraceStoreError) {
    let row = try statement("SELECT id FROM exploration WHERE form = ?1 AND memory = ?2 AND delta_ns IS ?3")
    row.bind(1, exploration.form)
    row.bind(2, exploration.memory)
    row.bind(3, exploration.deltaNs)
    var former: [Int64] = []
    while try row.step() { former.append(row.integer(0)) }
    row.reset()
    for id in former {
      let counterexamples = "(SELECT id FROM counterexample WHERE exploration_id = \(id))"
      try connection.execute(
        """
        DELETE FROM counterexample_step WHERE counterexample_id IN \(counterexamples);
        DELETE FROM counterexample_event WHERE counterexample_id IN \(counterexamples);
        DELETE FROM counterexample WHERE exploration_id = \(id);
        DELETE FROM exploration WHERE id = \(id);
        """)
    }
  }

  private func insertExploration(_ row: ExplorationRow, _ toolVersion: String) throws(TraceStoreError) -> Int64 {
    let statement = try connection.prepare(insert("exploration", columns: 18))
    let id = try connection.integer("SELECT coalesce(max(id), 0) + 1 FROM exploration")
    statement.bind(1, id)
    statement.bind(2, toolVersion)
    statement.bind(3, row.form)
    statement.bind(4, row.memory)
    statement.bind(5, row.deltaNs)
    let counts = [
      row.windowCount, row.completeCount, row.truncatedCount, row.skippedCount, row.contractCount, row.staleCount,
      row.stuckCount, row.spinsCount, row.stateCount, row.transitionCount, row.statesMax, row.memoryMax,
    ]
    for (index, count) in counts.enumerated() { statement.bind(Int32(6 + index), Int64(count)) }
    statement.bind(18, Int64(bitPattern: row.seed))
    try statement.run()
    return id
  }
}

/// Writes counterexamples with their events and steps.
private struct CounterexampleWriter {
  private let counterexample: Statement
  private let event: Statement
  private let step: Statement

  init(on connection: Connection) throws(TraceStoreError) {
    counterexample = try connection.prepare(insert("counterexample", columns: 6))
    event = try connection.prepare(insert("counterexample_event", columns: 3))
    step = try connection.prepare(insert("counterexample_step", columns: 14))
  }

  func write(_ row: CounterexampleRow, id: Int64, exploration: Int64) throws(TraceStoreError) {
    counterexample.bind(1, id)
    counterexample.bind(2, exploration)
    counterexample.bind(3, Int64(row.window))
    counterexample.bind(4, row.verdict)
    counterexample.bind(5, row.title)
    counterexample.bind(6, row.text)
    try counterexample.run()
    for (index, cited) in row.events.enumerated() {
      event.bind(1, id)
      event.bind(2, Int64(index + 1))
      event.bind(3, cited)
      try event.run()
    }
    for (index, move) in row.steps.enumerated() { try write(move, id, Int64(index + 1)) }
  }

  private func write(_ move: CounterexampleRow.Step, _ id: Int64, _ position: Int64) throws(TraceStoreError) {
    step.bind(1, id)
    step.bind(2, position)
    step.bind(3, move.task)
    step.bind(4, move.function)
    step.bind(5, move.statement)
    step.bind(6, move.locks)
    step.bind(7, move.event)
    step.bind(8, move.isWhatIf ? 1 : 0)
    step.bind(9, move.valid ? 1 : 0)
    step.bind(10, move.needsInvalidation.map { $0 ? 1 : 0 })
    step.bind(11, move.pfn)
    step.bind(12, Int64(move.activeInvalidations))
    step.bind(13, Int64(move.seq))
    step.bind(14, move.isLoop ? 1 : 0)
    try step.run()
  }
}
