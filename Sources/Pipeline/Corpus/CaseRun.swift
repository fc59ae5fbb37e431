// One case: imported, replayed, compared, and explored under each form.

import Compare
import Corpus
import Explore
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Report
import Results
import TraceReaders
import TraceStore

/// Runs one case. Errors of the case are a fault in its outcome; only our own bugs end the run.
package struct CaseRun: Sendable {
  let corpusCase: CorpusCase
  let forms: [ProtocolForm]
  /// Forms that the case may expect nothing of.
  var lacking: [String] = []

  /// The results of the searches of one case: its outcome, and the branches that they took.
  struct Result: Sendable {
    let outcome: CaseOutcome
    let coverage: Coverage
  }

  func run() -> Result {
    let description: CaseDescription
    do {
      description = try corpusCase.description(lacking: lacking)
    } catch {
      return Result(outcome: broken(error, nil), coverage: Coverage(under: forms))
    }
    do {
      let (row, coverage) = try Self.found(
        corpusCase.name, in: .file(path: try corpusCase.tracePath()), description, forms)
      return Result(outcome: CaseOutcome(corpusCase, description, row), coverage: coverage)
    } catch {
      return Result(outcome: broken(Self.fault(error), description), coverage: Coverage(under: forms))
    }
  }

  /// The outcome of a trace as the case of this description.
  static func found(
    _ name: String, in trace: TraceInput, _ description: CaseDescription, _ forms: [ProtocolForm]
  ) throws -> (CorpusCaseRow, Coverage) {
    let stages = try CaseStages(name, trace, description, forms)
    var row = stages.row
    var coverage = Coverage(under: forms)
    for searched in explore(stages.recording, description, forms) {
      row.cells.append(searched.row)
      coverage.add(searched.form, searched.branches)
    }
    return (row, coverage)
  }

  private func broken(_ fault: CaseFault, _ description: CaseDescription?) -> CaseOutcome {
    let row = CorpusCaseRow(name: corpusCase.name, title: description?.title ?? "", fault: fault.sentence)
    return CaseOutcome(corpusCase, description, row)
  }

  private static func fault(_ error: any Error) -> CaseFault {
    switch error {
    case let fault as CaseFault: fault
    case PipelineError.unreadable(let error, _): .notImported(reason: "it \(error.predicate)")
    case let error as TraceStoreError: .notImported(reason: error.sentence)
    default: .notImported(reason: "\(error)")
    }
  }

  /// The forms in parallel: their times differ widely.
  private static func explore(
    _ recording: ExploredRecording, _ description: CaseDescription, _ forms: [ProtocolForm]
  ) -> [SearchedCell] {
    inParallel(forms.count, jobCount: CorpusRun.coreCount) { index in
      recording.cell(forms[index], index, expected: description.expectation(of: forms[index].id)?.verdict)
    }
  }
}

/// The inputs of the searches of a case.
struct ExploredRecording: Sendable {
  let windows: [RecordedWindow]
  let tasks: [String]
  let settings: WindowExplorer.Settings
  let memory: MemoryModel
  /// Something is invisible to every search, so nothing is clean.
  let hasBlindSpots: Bool
  /// By form, in their order.
  let costs: [FormCosts]

  func cell(_ form: ProtocolForm, _ index: Int, expected: CellVerdict?) -> SearchedCell {
    let begun = cpuTimeNs()
    let form = form.under(memory)
    var explorer = WindowExplorer(form, settings) { tasks[Int($0)] }
    for window in windows { explorer.explore(window) }
    let exploration = explorer.exploration
    let row = CorpusCellRow(
      form: form.id, verdict: CellVerdict(exploration, hasBlindSpots: hasBlindSpots).description,
      expected: expected?.description ?? "",
      cpuNs: cpuTimeNs() - begun, exploration: ExplorationRow(exploration), costs: costs[index])
    return SearchedCell(form: form, row: row, branches: exploration.branchesReached)
  }
}

/// The results of one form's search.
struct SearchedCell: Sendable {
  let form: ProtocolForm
  let row: CorpusCellRow
  let branches: BranchSet
}

/// The stages before the searches, in the order of the data.
private struct CaseStages {
  let row: CorpusCaseRow
  let recording: ExploredRecording

  init(
    _ name: String, _ trace: TraceInput, _ description: CaseDescription, _ forms: [ProtocolForm]
  ) throws {
    let begun = cpuTimeNs()
    let source = try Recording(
      description.reading.request(trace), kernel: description.reading.kernel(), Listener())
    let database = source.database
    let search = try description.search.request()
    let replay = try source.windowOptions(search.bound)
    var windows: [RecordedWindow] = []
    var comparison = Comparison(forms, kernel: try source.kernelForm(), deltaNs: replay.deltaNs)
    try source.forEachWindow(replay) {
      windows.append($0)
      comparison.consume($0)
    }
    let costs = try source.store(&comparison)
    let report = try Report(database, findingsMax: 0)
    let recorded = CorpusCellRow(
      form: CaseDescription.recorded, verdict: CellVerdict(report).description,
      expected: description.expectation(of: CaseDescription.recorded)?.verdict.description ?? "", cpuNs: 0,
      exploration: nil, costs: try database.recordedCosts(comparison.kernelWaits))
    let facts = try database.facts()
    recording = ExploredRecording(
      windows: windows, tasks: try database.tasks().map(\.label),
      settings: search.settings(replay), memory: description.search.memoryModel,
      hasBlindSpots: try !database.blindSpots().isEmpty,
      costs: costs)
    row = CorpusCaseRow(
      name: name, title: description.title, traceHash: facts.contentHash, eventCount: facts.eventCount,
      cpuNs: cpuTimeNs() - begun, cells: [recorded], figures: try Self.figures(description, database, forms))
  }

  private static func figures(
    _ description: CaseDescription, _ database: TraceDatabase, _ forms: [ProtocolForm]
  ) throws -> [CorpusFigureRow] {
    // What was not compared has no figures.
    let counts = description.counts.filter { counts in counts.form.map { id in forms.contains { $0.id == id } } ?? true
    }
    return try counts.flatMap { counts in
      try counts.figures.map { figure in
        guard let known = CaseFigure(figure.name, form: counts.form) else {
          throw CaseFault.unknownFigure(figure.name)
        }
        let value = try known.value(in: database)
        return CorpusFigureRow(
          form: counts.form ?? CaseDescription.recorded, name: figure.name, value: value, expected: figure.value)
      }
    }
  }
}

/// CPU time of this thread.
private func cpuTimeNs() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
