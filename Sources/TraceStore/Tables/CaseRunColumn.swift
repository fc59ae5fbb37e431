// The table `case_run` of corpus.sql.

import Results

package enum CaseRunColumn: TableColumn {
  package static let table = "case_run"

  case runID, name, title, traceHash, eventCount, fault, cpuNs
}

extension CorpusCaseRow: StoredRow {
  typealias Column = CaseRunColumn

  /// - Parameter id: of the run.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.runID, id)
    row.set(Column.name, name)
    row.set(Column.title, title)
    row.set(Column.traceHash, traceHash)
    row.set(Column.eventCount, eventCount)
    row.set(Column.fault, fault)
    row.set(Column.cpuNs, cpuNs)
  }
}
