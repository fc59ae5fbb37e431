// The table `exploration`.

import KVMEvents
import Results

package enum ExplorationColumn: String, TableColumn {
  package static let table = "exploration"

  case id
  case toolVersion = "tool_version"
  case form, memory
  case deltaNs = "delta_ns"
  case windowCount = "window_count"
  case completeCount = "complete_count"
  case truncatedCount = "truncated_count"
  case skippedCount = "skipped_count"
  case contractCount = "contract_count"
  case staleCount = "stale_count"
  case stuckCount = "stuck_count"
  case spinsCount = "spins_count"
  case stateCount = "state_count"
  case transitionCount = "transition_count"
  case statesMax = "states_max"
  case memoryMax = "memory_max"
  case seed
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
