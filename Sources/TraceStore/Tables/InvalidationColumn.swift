// The table `invalidation`.

import KVMEvents
import Results

package enum InvalidationColumn: String, TableColumn {
  package static let table = "invalidation"

  case id
  case vmID = "vm_id"
  case taskID = "task_id"
  case hvaStart = "hva_start"
  case hvaEnd = "hva_end"
  case mnEvent = "mn_event"
  case hitsMemslot = "hits_memslot"
  case startEventID = "start_event_id"
  case walkEventID = "walk_event_id"
  case startRetEventID = "start_ret_event_id"
  case endEventID = "end_event_id"
  case endRetEventID = "end_ret_event_id"
  case selfLookupEventID = "self_lookup_event_id"
  case close
  case durationNs = "duration_ns"
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
