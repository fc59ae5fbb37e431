// The table `run` of corpus.sql.

import Results

package enum RunColumn: TableColumn {
  package static let table = "run"

  case id, begunAt, toolVersion, folder, jobCount, caseCount, brokenCount, differenceCount, wallNs
}

extension CorpusRunRow: StoredRow {
  typealias Column = RunColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.begunAt, begunAt)
    row.set(Column.toolVersion, toolVersion)
    row.set(Column.folder, folder)
    row.set(Column.jobCount, jobCount)
    row.set(Column.caseCount, cases.count)
    row.set(Column.brokenCount, cases.count { $0.fault != nil })
    row.set(Column.differenceCount, differenceCount)
    row.set(Column.wallNs, wallNs)
  }
}
