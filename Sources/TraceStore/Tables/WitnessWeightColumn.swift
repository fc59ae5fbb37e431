// The table `witness_weight`: one row.

import KVMEvents
import Results

package enum WitnessWeightColumn: String, TableColumn {
  package static let table = "witness_weight"

  case id
  case afterRemovalCount = "after_removal_count"
  case samePfnCount = "same_pfn_count"
}

extension WitnessWeight: StoredRow {
  typealias Column = WitnessWeightColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, 1)
    row.set(Column.afterRemovalCount, afterRemovalCount)
    row.set(Column.samePfnCount, samePFNCount)
  }
}
