// The table `exploration`.

import KVMEvents
import Results

package enum ExplorationColumn: TableColumn {
  package static let table = "exploration"

  case id, toolVersion, form, memory, deltaNs, windowCount, completeCount, truncatedCount, truncatedBy, skippedCount
  case contractCount, staleCount, stuckCount, spinsCount, stateCount, transitionCount, statesMax, memoryMax, seed
}

extension ExplorationRow: StoredRow {
  typealias Column = ExplorationColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.toolVersion, toolVersion)
    row.set(Column.form, form)
    row.set(Column.memory, memory)
    row.set(Column.deltaNs, deltaNs)
    row.set(Column.windowCount, windowCount)
    row.set(Column.completeCount, completeCount)
    row.set(Column.truncatedCount, truncatedCount)
    row.set(Column.truncatedBy, truncatedBy)
    row.set(Column.skippedCount, skippedCount)
    row.set(Column.contractCount, contractCount)
    row.set(Column.staleCount, staleCount)
    row.set(Column.stuckCount, stuckCount)
    row.set(Column.spinsCount, spinsCount)
    row.set(Column.stateCount, stateCount)
    row.set(Column.transitionCount, transitionCount)
    row.set(Column.statesMax, statesMax)
    row.set(Column.memoryMax, memoryMax)
    row.set(Column.seed, seed)
  }
}
