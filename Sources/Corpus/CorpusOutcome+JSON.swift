// A run over the corpus as one JSON document.

import KVMEvents
import Results

extension CorpusOutcome {
  /// What `JSONReport` prints.
  package var document: some Encodable { Document(self) }

  private struct Document: Encodable {
    /// Raised with every incompatible change.
    let layout = 1
    let folder: String
    let caseCount: Int
    let brokenCount: Int
    let differenceCount: Int
    let wallNs: Int64
    let cases: [Case]

    init(_ outcome: CorpusOutcome) {
      folder = outcome.folder
      caseCount = outcome.cases.count
      brokenCount = outcome.broken.count
      differenceCount = outcome.differences.count
      wallNs = outcome.wallNs
      cases = outcome.cases.map(Case.init)
    }
  }

  private struct Case: Encodable {
    let name: String
    let title: String
    let fault: String?
    let isUnproved: Bool
    let cells: [Cell]
    let figures: [Figure]

    init(_ outcome: CaseOutcome) {
      name = outcome.row.name
      title = outcome.row.title
      fault = outcome.row.fault
      isUnproved = outcome.unproved
      cells = outcome.row.cells.map(Cell.init)
      figures = outcome.row.figures.map(Figure.init)
    }
  }

  private struct Cell: Encodable {
    let form: String
    let verdict: String
    let expected: String
    let cpuNs: Int64
    let windowCount: Int
    let stateCount: Int
    let roundCount: Int64
    let stallNs: Int64

    init(_ cell: CorpusCellRow) {
      form = cell.form
      verdict = cell.verdict
      expected = cell.expected
      cpuNs = cell.cpuNs
      windowCount = cell.exploration?.windowCount ?? 0
      stateCount = cell.exploration?.stateCount ?? 0
      roundCount = cell.costs.roundCount
      stallNs = cell.costs.spunNs + cell.costs.sleptNs
    }
  }

  private struct Figure: Encodable {
    let form: String
    let name: String
    let value: Int64?
    let expected: Int64

    init(_ figure: CorpusFigureRow) {
      form = figure.form
      name = figure.name
      value = figure.value
      expected = figure.expected
    }
  }
}
