// The tables `counterexample`, `counterexample_event` and `counterexample_step`.

import KVMEvents
import Results

package enum CounterexampleColumn: TableColumn {
  package static let table = "counterexample"

  case id, explorationID, window, verdict, title, text
}

package enum CounterexampleEventColumn: TableColumn {
  package static let table = "counterexample_event"

  case counterexampleID, position, eventID
}

package enum CounterexampleStepColumn: TableColumn {
  package static let table = "counterexample_step"

  case counterexampleID, position, task, function, statement, locks, eventID, isWhatIf, valid, needsInvalidation
  case pfnState, activeInv, seq, isLoop
}

/// A counterexample of an exploration.
struct StoredCounterexampleRow {
  let row: CounterexampleRow
  let exploration: Int64
}

extension StoredCounterexampleRow: StoredRow {
  typealias Column = CounterexampleColumn

  func encode(into columns: inout some RowEncoder & ~Copyable, id: Int64?) {
    columns.set(Column.id, id)
    columns.set(Column.explorationID, exploration)
    columns.set(Column.window, row.window)
    columns.set(Column.verdict, row.verdict)
    columns.set(Column.title, row.title)
    columns.set(Column.text, row.text)
  }
}

/// An event that a counterexample cites, at its position from 1.
struct CitedEvent: StoredRow {
  typealias Column = CounterexampleEventColumn

  let position: Int
  let event: EventID

  /// - Parameter id: of the counterexample.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.counterexampleID, id)
    row.set(Column.position, position)
    row.set(Column.eventID, event)
  }
}

/// A step of a counterexample, at its position from 1.
struct PlacedStep: StoredRow {
  typealias Column = CounterexampleStepColumn

  let position: Int
  let step: CounterexampleRow.Step

  /// - Parameter id: of the counterexample.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.counterexampleID, id)
    row.set(Column.position, position)
    row.set(Column.task, step.task)
    row.set(Column.function, step.function)
    row.set(Column.statement, step.statement)
    row.set(Column.locks, step.locks)
    row.set(Column.eventID, step.event)
    row.set(Column.isWhatIf, step.isWhatIf)
    row.set(Column.valid, step.valid)
    row.set(Column.needsInvalidation, step.needsInvalidation)
    row.set(Column.pfnState, step.pfn)
    row.set(Column.activeInv, step.activeInvalidations)
    row.set(Column.seq, step.seq)
    row.set(Column.isLoop, step.isLoop)
  }
}
