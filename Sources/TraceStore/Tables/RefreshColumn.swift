// The table `refresh`.

import KVMEvents
import Results

package enum RefreshColumn: String, TableColumn {
  package static let table = "refresh"

  case id
  case vmID = "vm_id"
  case cacheID = "cache_id"
  case taskID = "task_id"
  case origin, outcome
  case requestEventID = "request_event_id"
  case entryEventID = "entry_event_id"
  case returnEventID = "return_event_id"
  case ret
  case roundCount = "round_count"
  case necessaryCount = "necessary_count"
  case falseCount = "false_count"
  case undecidedCount = "undecided_count"
  case stallNs = "stall_ns"
  case falseNs = "false_ns"
  case lockWaitNs = "lock_wait_ns"
  case durationNs = "duration_ns"
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
