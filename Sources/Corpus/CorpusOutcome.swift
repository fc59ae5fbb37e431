// The results of a run over the corpus, with the expectations.

import Forms
import GPCProtocol
import KVMEvents
import Results

/// One case after its run.
package struct CaseOutcome: Sendable {
  package let corpusCase: CorpusCase
  /// nil: it cannot be read.
  package let description: CaseDescription?
  package let row: CorpusCaseRow

  package init(_ corpusCase: CorpusCase, _ description: CaseDescription?, _ row: CorpusCaseRow) {
    self.corpusCase = corpusCase
    self.description = description
    self.row = row
  }

  package var isBroken: Bool { row.fault != nil }

  /// Of its stages and of all searches.
  var cpuNs: Int64 { row.cpuNs + row.cells.reduce(0) { $0 + $1.cpuNs } }

  package var differences: [Difference] {
    let cells = row.cells.filter { !$0.isAsExpected }.map { cell in
      Difference(
        caseName: row.name, form: cell.form, subject: "verdict", expected: cell.expected, found: cell.verdict,
        reason: description?.expectation(of: cell.form)?.reason ?? "")
    }
    let figures = row.figures.filter { !$0.isAsExpected }.map { figure in
      Difference(
        caseName: row.name, form: figure.form, subject: figure.name, expected: String(figure.expected),
        found: figure.value.map(String.init) ?? "nothing", reason: origin(of: figure) ?? "")
    }
    return cells + figures
  }

  private func origin(of figure: CorpusFigureRow) -> String? {
    description?.counts.first { counts in
      (counts.form ?? CaseDescription.recorded) == figure.form && counts.figures.contains { $0.name == figure.name }
    }?.origin
  }

  /// Expectations that were blessed and are still unproved.
  package var unproved: Bool {
    guard let description else { return false }
    return description.expectations.contains { $0.reason.hasPrefix(Blessing.mark) }
      || description.counts.contains { $0.origin.hasPrefix(Blessing.mark) }
  }
}

/// A deviation from the expectation.
package struct Difference: Sendable {
  package let caseName: String
  package let form: String
  /// `verdict`, or a figure's name.
  package let subject: String
  package let expected: String
  package let found: String
  /// Of the expectation.
  package let reason: String

  var sentence: String { "\(form) \(subject): expected \(expected), found \(found)" }
}

/// All cases, by name.
package struct CorpusOutcome: Sendable {
  package let folder: String
  /// Under which the cases were searched, by age.
  package let forms: [String]
  package let cases: [CaseOutcome]
  package let jobCount: Int
  package let wallNs: Int64

  package init(
    folder: String, forms: [String] = ProtocolForm.all.map(\.id), cases: [CaseOutcome], jobCount: Int, wallNs: Int64
  ) {
    self.folder = folder
    self.forms = forms
    self.cases = cases
    self.jobCount = jobCount
    self.wallNs = wallNs
  }

  package var broken: [CaseOutcome] { cases.filter(\.isBroken) }
  package var differences: [Difference] { cases.flatMap(\.differences) }

  /// The columns: the recorded kernel, and the forms.
  package var columns: [String] { [CaseDescription.recorded] + forms }

  package func row(begunAt: String, toolVersion: String) -> CorpusRunRow {
    CorpusRunRow(
      begunAt: begunAt, toolVersion: toolVersion, folder: folder, jobCount: jobCount,
      differenceCount: differences.count, wallNs: wallNs, cases: cases.map(\.row))
  }
}
