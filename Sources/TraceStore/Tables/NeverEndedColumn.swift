// The tables `never_ended` and `never_ended_wait`.

import KVMEvents
import Results

package enum NeverEndedColumn: TableColumn {
  package static let table = "never_ended"

  case id, kind, vmID, cacheID, taskID, eventID, lastEventID, openNs, refreshID, invalidationID, waitsAt
}

extension NeverEnded: StoredRow {
  typealias Column = NeverEndedColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.kind, kind)
    row.set(Column.vmID, vm)
    row.set(Column.cacheID, cache)
    row.set(Column.taskID, task)
    row.set(Column.eventID, event)
    row.set(Column.lastEventID, lastEvent)
    row.set(Column.openNs, openNs)
    row.set(Column.refreshID, refresh)
    row.set(Column.invalidationID, invalidation)
    row.set(Column.waitsAt, waitsAt)
  }
}

package enum NeverEndedWaitColumn: TableColumn {
  package static let table = "never_ended_wait"

  case neverEndedID, form, statement, canBeLeft
}

extension NeverEnded.Wait: StoredRow {
  typealias Column = NeverEndedWaitColumn

  /// - Parameter id: of the call.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.neverEndedID, id)
    row.set(Column.form, form)
    row.set(Column.statement, statement)
    row.set(Column.canBeLeft, canBeLeft)
  }
}
