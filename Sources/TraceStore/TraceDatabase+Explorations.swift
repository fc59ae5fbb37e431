// Explorations and their counterexamples, written and looked up.

import KVMEvents
import Results

/// What became of an exploration.
package enum StoredExploration {
  /// In the database, its counterexamples under these numbers.
  case stored(numbers: [Int64])
  /// The one that is there stays: it saw this many windows to their end, and the new one fewer.
  case formerIsMore(completeCount: Int64)
}

extension TraceDatabase {
  /// Stores an exploration in place of the former one of the same form, memory model and delta, unless that saw more
  /// windows to their end.
  package func store(
    _ exploration: ExplorationRow, _ counterexamples: [CounterexampleRow]
  ) throws(TraceStoreError) -> StoredExploration {
    let signals = HeldSignals()
    defer { signals.release() }
    try connection.execute("BEGIN IMMEDIATE")
    do throws(TraceStoreError) {
      try connection.checkTool(exploration.toolVersion)
      let former = try former(exploration)
      if let most = former.map(\.completeCount).max(), most > exploration.completeCount {
        connection.rollBack()
        return .formerIsMore(completeCount: most)
      }
      try remove(former.map(\.id))
      let id = try connection.integer("SELECT coalesce(max(id), 0) + 1 FROM exploration")
      try TableWriter(on: connection).write(exploration, id: id)
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
      try connection.commit()
      return .stored(numbers: numbers)
    } catch {
      connection.rollBack()
      throw error
    }
  }

  /// The text of a stored counterexample; nil if there is none with this number.
  package func counterexampleText(_ id: Int64) throws(TraceStoreError) -> String? {
    try rows("SELECT text FROM counterexample WHERE id = ?1", id) { $0.text("text") }.first
  }

  /// Of the same form, memory model and delta.
  private func former(
    _ exploration: ExplorationRow
  ) throws(TraceStoreError) -> [(id: Int64, completeCount: Int64)] {
    try rows(
      "SELECT id, complete_count FROM exploration WHERE form = ?1 AND memory = ?2 AND delta_ns IS ?3", exploration.form,
      exploration.memory, exploration.deltaNs
    ) { ($0.integer("id"), $0.integer("complete_count")) }
  }

  private func remove(_ explorations: [Int64]) throws(TraceStoreError) {
    for id in explorations {
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
}

/// Writes counterexamples with their events and steps.
private struct CounterexampleWriter {
  private let rows: TableWriter<StoredCounterexampleRow>
  private let events: TableWriter<CitedEvent>
  private let steps: TableWriter<PlacedStep>

  init(on connection: Connection) throws(TraceStoreError) {
    rows = try TableWriter(on: connection)
    events = try TableWriter(on: connection)
    steps = try TableWriter(on: connection)
  }

  func write(_ row: CounterexampleRow, id: Int64, exploration: Int64) throws(TraceStoreError) {
    try rows.write(StoredCounterexampleRow(row: row, exploration: exploration), id: id)
    for (index, event) in row.events.enumerated() {
      try events.write(CitedEvent(position: index + 1, event: event), id: id)
    }
    for (index, step) in row.steps.enumerated() {
      try steps.write(PlacedStep(position: index + 1, step: step), id: id)
    }
  }
}
