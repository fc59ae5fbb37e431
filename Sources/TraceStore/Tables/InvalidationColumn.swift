// The table `invalidation`.

import KVMEvents
import Results

package enum InvalidationColumn: TableColumn {
  package static let table = "invalidation"

  case id, vmID, taskID, hvaStart, hvaEnd, mnEvent, hitsMemslot, startEventID, walkEventID, startRetEventID
  case endEventID, endRetEventID, selfLookupEventID, close, durationNs
}

extension Invalidation: StoredRow {
  typealias Column = InvalidationColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.vmID, vm)
    row.set(Column.taskID, task)
    row.set(Column.hvaStart, range.start)
    row.set(Column.hvaEnd, range.end)
    row.set(Column.mnEvent, mnEvent)
    row.set(Column.hitsMemslot, hitsMemslot)
    row.set(Column.startEventID, startEvent)
    row.set(Column.walkEventID, walkEvent)
    row.set(Column.startRetEventID, startRetEvent)
    row.set(Column.endEventID, endEvent)
    row.set(Column.endRetEventID, endRetEvent)
    row.set(Column.selfLookupEventID, selfLookupEvent)
    row.set(Column.close, close)
    row.set(Column.durationNs, durationNs)
  }
}
