// The table `task`.

import KVMEvents

package enum TaskColumn: TableColumn {
  package static let table = "task"

  case id, pid, tgid, comm, commBytes
}

extension TraceTask: StoredRow {
  typealias Column = TaskColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    let text = String(decoding: comm, as: UTF8.self)
    row.set(Column.id, id)
    row.set(Column.pid, pid)
    row.set(Column.tgid, tgid)
    row.set(Column.comm, text)
    row.set(Column.commBytes, text.utf8.elementsEqual(comm) ? nil : comm)
  }
}
