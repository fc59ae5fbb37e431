// The table `left_out_window`.

import KVMEvents
import Results

package enum LeftOutWindowColumn: TableColumn {
  package static let table = "left_out_window"

  case id, vmID, firstEventID, lastEventID, doubt, windowCount
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
