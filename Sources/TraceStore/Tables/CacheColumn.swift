// The table `cache`.

import KVMEvents
import Results

package enum CacheColumn: String, TableColumn {
  package static let table = "cache"

  case id
  case vmID = "vm_id"
  case gpc, epoch
  case firstEventID = "first_event_id"
  case lastEventID = "last_event_id"
  case lastGPA = "last_gpa"
  case lastUHVA = "last_uhva"
}

extension Cache: StoredRow {
  typealias Column = CacheColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.vmID, vm)
    row.set(Column.gpc, gpc)
    row.set(Column.epoch, epoch)
    row.set(Column.firstEventID, firstEvent)
    row.set(Column.lastEventID, lastEvent)
    row.set(Column.lastGPA, lastGPA)
    row.set(Column.lastUHVA, lastUHVA)
  }
}
