// The table `recording_mark`.

import KVMEvents

package enum RecordingMarkColumn: TableColumn {
  package static let table = "recording_mark"

  case id, line, text
}

extension RecordingMark: StoredRow {
  typealias Column = RecordingMarkColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.line, line)
    row.set(Column.text, text)
  }
}
