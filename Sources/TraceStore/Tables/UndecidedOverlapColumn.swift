// The table `undecided_overlap`.

import KVMEvents
import Results

package enum UndecidedOverlapColumn: TableColumn {
  package static let table = "undecided_overlap"

  case id, subject, eventID, cacheID, invalidationID, refreshID, checkID
}

extension UndecidedOverlap: StoredRow {
  typealias Column = UndecidedOverlapColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.subject, subject)
    row.set(Column.eventID, event)
    row.set(Column.cacheID, cache)
    row.set(Column.invalidationID, invalidation)
    row.set(Column.refreshID, refresh)
    row.set(Column.checkID, check)
  }
}
