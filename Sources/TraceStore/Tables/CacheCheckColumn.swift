// The table `cache_check`.

import KVMEvents
import Results

package enum CacheCheckColumn: String, TableColumn {
  package static let table = "cache_check"

  case id
  case cacheID = "cache_id"
  case taskID = "task_id"
  case entryEventID = "entry_event_id"
  case returnEventID = "return_event_id"
  case answer, decision, doubt
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
