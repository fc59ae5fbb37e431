// The table `refresh`.

import KVMEvents
import Results

package enum RefreshColumn: TableColumn {
  package static let table = "refresh"

  case id, vmID, cacheID, taskID, origin, outcome, requestEventID, entryEventID, returnEventID, ret, roundCount
  case necessaryCount, falseCount, undecidedCount, stallNs, falseNs, lockWaitNs, durationNs
}

extension Refresh: StoredRow {
  typealias Column = RefreshColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.vmID, vm)
    row.set(Column.cacheID, cache)
    row.set(Column.taskID, task)
    row.set(Column.origin, origin)
    row.set(Column.outcome, outcome)
    row.set(Column.requestEventID, requestEvent)
    row.set(Column.entryEventID, entryEvent)
    row.set(Column.returnEventID, returnEvent)
    row.set(Column.ret, ret)
    row.set(Column.roundCount, roundCount)
    row.set(Column.necessaryCount, necessaryCount)
    row.set(Column.falseCount, falseCount)
    row.set(Column.undecidedCount, undecidedCount)
    row.set(Column.stallNs, stallNs)
    row.set(Column.falseNs, falseNs)
    row.set(Column.lockWaitNs, lockWaitNs)
    row.set(Column.durationNs, durationNs)
  }
}
