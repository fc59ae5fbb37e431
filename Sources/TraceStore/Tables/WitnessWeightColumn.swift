// The table `witness_weight`: one row.

import KVMEvents
import Results

package enum WitnessWeightColumn: TableColumn {
  package static let table = "witness_weight"

  case id, afterRemovalCount, samePfnCount
}

extension WitnessWeight: StoredRow {
  typealias Column = WitnessWeightColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, 1)
    row.set(Column.afterRemovalCount, afterRemovalCount)
    row.set(Column.samePfnCount, samePFNCount)
  }
}
