// The table `cache_check`.

import KVMEvents
import Results

package enum CacheCheckColumn: TableColumn {
  package static let table = "cache_check"

  case id, cacheID, taskID, entryEventID, returnEventID, answer, decision, doubt
}

extension CacheCheck: StoredRow {
  typealias Column = CacheCheckColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.cacheID, cache)
    row.set(Column.taskID, task)
    row.set(Column.entryEventID, entryEvent)
    row.set(Column.returnEventID, returnEvent)
    row.set(Column.answer, answer)
    row.set(Column.decision, decision)
    row.set(Column.doubt, doubt)
  }
}
