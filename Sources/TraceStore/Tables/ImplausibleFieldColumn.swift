// The table `implausible_field`.

import KVMEvents
import Results

package enum ImplausibleFieldColumn: TableColumn {
  package static let table = "implausible_field"

  case id, kindID, field, sign, valueCount, firstEventID
}

extension ImplausibleField: StoredRow {
  typealias Column = ImplausibleFieldColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.kindID, kind)
    row.set(Column.field, field.name)
    row.set(Column.sign, sign)
    row.set(Column.valueCount, count)
    row.set(Column.firstEventID, firstEvent)
  }
}
