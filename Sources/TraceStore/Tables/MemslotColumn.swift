// The table `memslot`.

import KVMEvents
import Results

package enum MemslotColumn: TableColumn {
  package static let table = "memslot"

  case id, vmID, slot, gpa, size, uhva, flags, setEventID, endEventID
}

extension Memslot: StoredRow {
  typealias Column = MemslotColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.vmID, vm)
    row.set(Column.slot, slot)
    row.set(Column.gpa, gpa)
    row.set(Column.size, size)
    row.set(Column.uhva, uhva)
    row.set(Column.flags, flags)
    row.set(Column.setEventID, setEvent)
    row.set(Column.endEventID, endEvent)
  }
}
