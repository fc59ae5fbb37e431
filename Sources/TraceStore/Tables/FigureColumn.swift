// The table `figure` of corpus.sql.

import Results

package enum FigureColumn: TableColumn {
  package static let table = "figure"

  case runID, caseName, form, name, value, expectedValue
}

/// A counted figure of a case.
struct FigureOfCase: StoredRow {
  typealias Column = FigureColumn

  let caseName: String
  let figure: CorpusFigureRow

  /// - Parameter id: of the run.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.runID, id)
    row.set(Column.caseName, caseName)
    row.set(Column.form, figure.form)
    row.set(Column.name, figure.name)
    row.set(Column.value, figure.value)
    row.set(Column.expectedValue, figure.expected)
  }
}
