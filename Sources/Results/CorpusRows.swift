// What a run over the corpus found, as corpus.db keeps it; rows of the tables `run`, `case_run`, `cell` and `figure`.

import KVMEvents

/// One run over a corpus.
package struct CorpusRunRow: Sendable {
  /// UTC, ISO 8601.
  package var begunAt: String
  package var toolVersion: String
  package var folder: String
  package var jobCount: Int
  package var differenceCount: Int
  package var wallNs: Int64
  package var cases: [CorpusCaseRow]

  package init(
    begunAt: String, toolVersion: String, folder: String, jobCount: Int, differenceCount: Int, wallNs: Int64,
    cases: [CorpusCaseRow]
  ) {
    self.begunAt = begunAt
    self.toolVersion = toolVersion
    self.folder = folder
    self.jobCount = jobCount
    self.differenceCount = differenceCount
    self.wallNs = wallNs
    self.cases = cases
  }
}

/// One case in it.
package struct CorpusCaseRow: Sendable {
  package var name: String
  package var title: String
  package var traceHash: String?
  package var eventCount: Int64?
  /// nil: the case is intact.
  package var fault: String?
  package var cpuNs: Int64
  package var cells: [CorpusCellRow]
  package var figures: [CorpusFigureRow]

  package init(
    name: String, title: String, traceHash: String? = nil, eventCount: Int64? = nil, fault: String? = nil,
    cpuNs: Int64 = 0, cells: [CorpusCellRow] = [], figures: [CorpusFigureRow] = []
  ) {
    self.name = name
    self.title = title
    self.traceHash = traceHash
    self.eventCount = eventCount
    self.fault = fault
    self.cpuNs = cpuNs
    self.cells = cells
    self.figures = figures
  }
}

/// One form over one case.
package struct CorpusCellRow: Sendable {
  package var form: String
  package var verdict: String
  package var expected: String
  /// Of the search.
  package var cpuNs: Int64
  /// nil: what was recorded, which is not searched.
  package var exploration: ExplorationRow?
  package var costs: FormCosts

  package init(
    form: String, verdict: String, expected: String, cpuNs: Int64, exploration: ExplorationRow?, costs: FormCosts
  ) {
    self.form = form
    self.verdict = verdict
    self.expected = expected
    self.cpuNs = cpuNs
    self.exploration = exploration
    self.costs = costs
  }

  /// A form that is not in the case has no expectation.
  package var isAsExpected: Bool { expected.isEmpty || verdict == expected }
}

/// A counted figure.
package struct CorpusFigureRow: Sendable {
  package var form: String
  package var name: String
  /// nil: there is none.
  package var value: Int64?
  package var expected: Int64

  package init(form: String, name: String, value: Int64?, expected: Int64) {
    self.form = form
    self.name = name
    self.value = value
    self.expected = expected
  }

  package var isAsExpected: Bool { value == expected }
}
