// The table `cache`.

import KVMEvents
import Results

package enum CacheColumn: TableColumn {
  package static let table = "cache"

  case id, vmID, gpc, epoch, firstEventID, lastEventID, lastGPA, lastUHVA
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
