// The table `loss`.

import KVMEvents
import Results

package enum LossColumn: TableColumn {
  package static let table = "loss"

  case id, cpu, line, afterEventID, eventCount
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
