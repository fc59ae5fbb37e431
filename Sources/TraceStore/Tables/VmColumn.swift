// The table `vm`.

import KVMEvents
import Results

package enum VmColumn: TableColumn {
  package static let table = "vm"

  case id, kvm, mn, mm, firstEventID, lastEventID, isCreatedInTrace, isGone, unexplainedSeqMoves
}

extension VirtualMachine: StoredRow {
  typealias Column = VmColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, self.id)
    row.set(Column.kvm, kvm)
    row.set(Column.mn, mn)
    row.set(Column.mm, mm)
    row.set(Column.firstEventID, firstEvent)
    row.set(Column.lastEventID, lastEvent)
    row.set(Column.isCreatedInTrace, createdInTrace)
    row.set(Column.isGone, gone)
    row.set(Column.unexplainedSeqMoves, unexplainedMoves)
  }
}
