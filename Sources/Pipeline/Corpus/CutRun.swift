// `corpus add`: from a finding of a recording to the folder of a case.

import Corpus
import GPCProtocol
import KVMEvents
import Report
import Results
import TraceReaders
import TraceStore

/// One requested case. It throws `CutFault`, `CaseFault`, `PipelineError` or `TraceStoreError`.
package struct CutRun {
  /// The recording, and its database.
  private let request: ImportRequest
  /// The number of a finding, or of a counterexample that `explore` stored.
  private let finding: Int64
  private let folder: CaseFolder
  private let listener: Listener
  /// The lines stay as recorded: comms, pids, addresses and times.
  package var keepsNames = false
  /// Times keep their order alone.
  package var coarsensTimes = false
  /// The recording's name; nil: its file's.
  package var recordingName: String?
  /// Maximum number of candidates, and the time in seconds after which no more are tried.
  package var candidatesMax = 20_000
  package var secondsMax = 600
  package var progress: (CutProgress?) -> Void = { _ in }

  package init(_ request: ImportRequest, finding: Int64, to folder: CaseFolder, _ listener: Listener) {
    self.request = request
    self.finding = finding
    self.folder = folder
    self.listener = listener
  }

  /// What was added.
  package struct Outcome {
    package let cutCase: CutCase
    /// What is found in it, which is the expectation.
    package let outcome: CaseOutcome
  }

  /// Cuts, shrinks, renames, and writes the folder.
  package func run(_ told: CutCase.Told) throws -> Outcome {
    let wording = CutWording(try format())
    let source = try Recording(request, keepsNumbers: true, listener)
    guard let goal = try CutGoal(finding, in: source.database) else {
      throw CutFault.noFinding(
        finding, database: source.path ?? request.input.name,
        there: LineRanges(try source.database.findingNumbers()))
    }
    let cut = try cut(goal, source)
    var (cutCase, row) = try cutCase(goal, cut, source, wording)
    let description = try cutCase.description(row, told, trace: folder.trace)
    try folder.write(cutCase.text.bytes, description)
    row.title = description.title
    for index in row.cells.indices { row.cells[index].expected = row.cells[index].verdict }
    let corpusCase = CorpusCase(name: folder.name, folder: folder.path)
    return Outcome(cutCase: cutCase, outcome: CaseOutcome(corpusCase, description, row))
  }

  private func format() throws -> InputFormat {
    guard case .file = request.input else { throw CutFault.standardInput }
    if request.probes != nil { throw CutFault.ownCatalogue }
    return try request.reader().format
  }

  private func cut(_ goal: CutGoal, _ source: Recording) throws -> Cut {
    let cutter = TraceCutter(
      source: source, goal: goal, candidatesMax: candidatesMax, deadline: .now + .seconds(secondsMax),
      progress: progress)
    guard let cut = try cutter.cut() else { throw CutFault.notFoundAgain(finding) }
    return cut
  }

  /// The text, renamed unless names are to be kept, with the same verdicts as before.
  private func cutCase(
    _ goal: CutGoal, _ cut: Cut, _ source: Recording, _ wording: CutWording
  ) throws -> (CutCase, CorpusCaseRow) {
    let facts = try source.database.facts()
    let lines = try lines(cut.events, wording, source.database, facts)
    let reading = CaseDescription.Reading(
      clock: facts.clock == .local ? nil : facts.clock.rawValue,
      kernelForm: goal.restsOnForm ? try source.kernelForm().id : nil)
    func cutCase(_ text: CutText, isAnonymised: Bool) -> CutCase {
      CutCase(
        goal: goal, cut: cut, text: text, reading: reading, recording: recordingName ?? facts.fileName,
        isAnonymised: isAnonymised, recordingLines: facts.eventPlace == .event ? facts.eventCount : facts.lineCount,
        recordingPlace: facts.eventPlace, wording: wording)
    }
    let recorded = cutCase(CutText(lines), isAnonymised: false)
    let row = try recorded.row(folder.name)
    if keepsNames { return (recorded, row) }
    let uncertainty = coarsensTimes ? facts.clock.uncertainty(resolutionNs: facts.resolutionNs) : nil
    var anonymised = cutCase(recorded.text.anonymised(uncertainty: uncertainty), isAnonymised: true)
    anonymised.hasCoarseTimes = coarsensTimes
    let newRow = try anonymised.row(folder.name)
    for (old, new) in zip(row.cells, newRow.cells) where old.verdict != new.verdict {
      throw CutFault.changedByNames(
        form: new.form, before: old.verdict, after: new.verdict, withCoarseTimes: coarsensTimes)
    }
    return (anonymised, newRow)
  }

  /// The cut in lines; with a note at the beginning if any event of the whole recording may be missing.
  private func lines(
    _ events: [RecordedEvent], _ wording: CutWording, _ database: TraceDatabase, _ facts: RecordingFacts
  ) throws -> TextLines {
    let wanted = Set(events.map(\.id))
    let options = try request.readOptions()
    let lines: TextLines
    do {
      switch wording {
      case .lines: lines = try TextLines(of: request.input, options: options, wanted: wanted)
      case .records: lines = try TextLines(ofRecords: request.input, options: options, wanted: wanted)
      case .events(let format):
        let printer = EventPrinter(
          names: try database.names(), tasks: try database.tasks(), format: format, unit: facts.stampUnit,
          resolutionNs: facts.resolutionNs)
        lines = TextLines(of: events, by: printer)
      }
    } catch let error as TraceReadError {
      throw PipelineError.unreadable(error, request.input)
    }
    if let missing = events.first(where: { lines.lines[$0.id] == nil }) { throw unprintable(missing, wording) }
    return try database.hasDoubt() ? lines.sayingThatEventsMayBeMissing() : lines
  }

  private func unprintable(_ event: RecordedEvent, _ wording: CutWording) -> CutFault {
    switch wording {
    case .lines, .records: .unprintableRecord(event.id, trace: request.input.name)
    case .events(let format):
      event.kind == .lostEvents ? .lossWithoutPlace(format) : .unprintableEvent(event.id)
    }
  }
}
