// The tables `finding` and `finding_event`.

import KVMEvents
import Results

package enum FindingColumn: TableColumn {
  package static let table = "finding"

  case id, kind, certainty, vmID, cacheID, eventID, invalidationID, refreshID, checkID, summary, witness, noWitness
  case witnessEventID, witnessRetEventID, certaintyAlone
}

extension Finding: StoredRow {
  typealias Column = FindingColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.kind, kind)
    row.set(Column.certainty, certainty)
    row.set(Column.vmID, vm)
    row.set(Column.cacheID, cache)
    row.set(Column.eventID, event)
    row.set(Column.invalidationID, invalidation)
    row.set(Column.refreshID, refresh)
    row.set(Column.checkID, check)
    row.set(Column.summary, summary)
    row.set(Column.witness, witness?.answer)
    row.set(Column.noWitness, witness?.lack)
    row.set(Column.witnessEventID, witness?.lookup)
    row.set(Column.witnessRetEventID, witness?.lookupRet)
    row.set(Column.certaintyAlone, witness == nil ? nil : certainty)
  }
}

package enum FindingEventColumn: TableColumn {
  package static let table = "finding_event"

  case findingID, position, eventID
}

/// An event of a finding's proof, at its position from 1.
struct ProofEvent: StoredRow {
  typealias Column = FindingEventColumn

  let position: Int64
  let event: EventID

  /// - Parameter id: of the finding.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.findingID, id)
    row.set(Column.position, position)
    row.set(Column.eventID, event)
  }
}
