// The table `given_up`.

import KVMEvents
import Results

package enum GivenUpColumn: TableColumn {
  package static let table = "given_up"

  case id, bound, limitValue, eventID, endsReplay
}

extension GivenUp: StoredRow {
  typealias Column = GivenUpColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.bound, bound)
    row.set(Column.limitValue, limit)
    row.set(Column.eventID, event)
    row.set(Column.endsReplay, endsReplay)
  }
}
