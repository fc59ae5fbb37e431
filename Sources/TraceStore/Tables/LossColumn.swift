// The table `loss`.

import KVMEvents
import Results

package enum LossColumn: String, TableColumn {
  package static let table = "loss"

  case id, cpu, line
  case afterEventID = "after_event_id"
  case eventCount = "event_count"
}

extension EventLoss: StoredRow {
  typealias Column = LossColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.cpu, cpu)
    row.set(Column.line, line)
    row.set(Column.afterEventID, afterEvent)
    row.set(Column.eventCount, count)
  }
}
