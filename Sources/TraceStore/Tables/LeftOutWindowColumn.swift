// The table `left_out_window`.

import KVMEvents
import Results

package enum LeftOutWindowColumn: String, TableColumn {
  package static let table = "left_out_window"

  case id
  case vmID = "vm_id"
  case firstEventID = "first_event_id"
  case lastEventID = "last_event_id"
  case doubt
  case windowCount = "window_count"
}

extension LeftOutWindow: StoredRow {
  typealias Column = LeftOutWindowColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.vmID, vm)
    row.set(Column.firstEventID, firstEvent)
    row.set(Column.lastEventID, lastEvent)
    row.set(Column.doubt, doubt)
    row.set(Column.windowCount, windowCount)
  }
}
