// The matrix as a JSON document.

import GPCProtocol

extension Matrix {
  /// What `JSONReport` prints.
  package var document: some Encodable { Document(self) }

  private struct Document: Encodable {
    let isComplete: Bool
    let stateCount: Int
    let forms: [Form]

    init(_ matrix: Matrix) {
      isComplete = matrix.isComplete
      stateCount = matrix.stateCount
      forms = zip(matrix.forms, matrix.cells).map(Form.init)
    }
  }

  private struct Form: Encodable {
    let id: String
    /// Of the scenarios that the form has something of.
    let cells: [Cell]

    init(_ form: ProtocolForm, _ row: [Exploration?]) {
      id = form.id
      cells = row.compactMap { $0.map(Cell.init) }
    }
  }

  private struct Cell: Encodable {
    let scenario: String
    /// Empty: clean, if the search is complete.
    let verdicts: [String]
    /// Of `deadlock`.
    let stuckKind: String?
    let isComplete: Bool
    let stateCount: Int

    init(_ exploration: Exploration) {
      scenario = exploration.scenario.name
      verdicts = exploration.verdicts.map(\.rawValue)
      stuckKind = exploration.stuckKind?.rawValue
      isComplete = exploration.completeness == .complete
      stateCount = exploration.stateCount
    }
  }
}
