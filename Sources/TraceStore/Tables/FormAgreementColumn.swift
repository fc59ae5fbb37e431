// The table `form_agreement`.

import KVMEvents
import Results

package enum FormAgreementColumn: TableColumn {
  package static let table = "form_agreement"

  case id, form, testCount, agreeingTestCount, moverCount, refutedCount, doubtedCount, refutedEventID, refutedBy
}

extension FormAgreement: StoredRow {
  typealias Column = FormAgreementColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.form, form)
    row.set(Column.testCount, testCount)
    row.set(Column.agreeingTestCount, agreeingTestCount)
    row.set(Column.moverCount, moverCount)
    row.set(Column.refutedCount, refutedCount)
    row.set(Column.doubtedCount, doubtedCount)
    row.set(Column.refutedEventID, event)
    row.set(Column.refutedBy, refutation)
  }
}
