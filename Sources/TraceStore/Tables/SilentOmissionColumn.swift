// The table `silent_omission`.

import KVMEvents
import Results

package enum SilentOmissionColumn: TableColumn {
  package static let table = "silent_omission"

  case id, sign, eventCount, firstEventID, mostMissing
}

extension SilentOmission: StoredRow {
  typealias Column = SilentOmissionColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.sign, sign)
    row.set(Column.eventCount, count)
    row.set(Column.firstEventID, firstEvent)
    row.set(Column.mostMissing, mostMissing)
  }
}
