// The table `retry_round`.

import KVMEvents
import Results

package enum RetryRoundColumn: TableColumn {
  package static let table = "retry_round"

  case id, refreshID, number, loopEventID, lookupEventID, lookupRetEventID, testEventID, uhva, outcome, decision
  case cause, subCause, invalidationID, durationNs, doubt
}

extension RetryRound: StoredRow {
  typealias Column = RetryRoundColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.refreshID, refresh)
    row.set(Column.number, number)
    row.set(Column.loopEventID, loopEvent)
    row.set(Column.lookupEventID, lookupEvent)
    row.set(Column.lookupRetEventID, lookupRetEvent)
    row.set(Column.testEventID, testEvent)
    row.set(Column.uhva, uhva)
    row.set(Column.outcome, outcome)
    row.set(Column.decision, decision)
    row.set(Column.cause, cause)
    row.set(Column.subCause, subCause)
    row.set(Column.invalidationID, invalidation)
    row.set(Column.durationNs, durationNs)
    row.set(Column.doubt, doubt)
  }
}
