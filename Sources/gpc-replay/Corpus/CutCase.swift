// A cut as a case: what is told of it, and what is expected.

import Corpus
import Explore
import FtraceImport
import GPCProtocol
import KVMEvents
import Report
import TraceStore

/// The text of a cut with the description of its case.
struct CutCase {
  let goal: CutGoal
  let cut: TraceCutter.Cut
  let text: CutText
  let reading: CaseDescription.Reading
  /// The recording's name.
  let recording: String
  let isAnonymised: Bool
  /// Lines of the recording, or its records.
  let recordingLines: Int64
  let recordingPlace: EventPlace
  let wording: CutWording

  /// What gpc-replay itself does not know.
  struct Told {
    var title: String?
    var kernel: String
    var command: String?
    var licence: String
  }

  /// What is found in it now.
  func row(_ name: String) throws -> CorpusCaseRow {
    let file = try NamelessFile(text.bytes)
    defer { withExtendedLifetime(file) {} }
    do {
      return try CaseRunner.found(name, in: file.path, bare, ProtocolForm.all).0
    } catch let error as TraceReadError {
      throw fail("The cut does not import: it \(error.predicate).")
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  /// Of what the verdicts depend on, and nothing else.
  private var bare: CaseDescription {
    CaseDescription(
      title: "", text: "",
      origin: CaseDescription.Origin(kind: .cut, kernel: "", rendering: "", clock: "", probes: "", licence: ""),
      reading: reading, search: cut.search, expectations: [], counts: [])
  }

  /// - Parameters:
  ///   - row: what is found in it, which becomes what is expected.
  ///   - trace: the name under which commands have it.
  func description(_ row: CorpusCaseRow, _ told: Told, trace: String) throws -> CaseDescription {
    let file = try NamelessFile(text.bytes)
    defer { withExtendedLifetime(file) {} }
    let options = try ImportOptions.parse(["--db", ":memory:"] + reading.importArguments)
    let source = try RecordingSource(file.path, options, kernel: reading.kernel())
    try checkImport(source.database)
    let shown = try shown(in: source, trace: trace)
    let facts = try source.database.facts()
    let names = try source.database.names()
    return CaseDescription(
      title: told.title ?? shown.title, text: introduction + "\n\n" + shown.lines.joined(separator: "\n") + "\n",
      origin: CaseDescription.Origin(
        kind: .cut, recording: recording, lines: text.ranges.description, kernel: told.kernel, command: told.command,
        rendering: rendering(facts.format), clock: facts.clock.rawValue,
        probes: ProbeCatalogue.generation(of: names), licence: told.licence),
      reading: reading, search: cut.search, expectations: expectations(row, shown.reason), counts: counts)
  }

  // MARK: What it shows

  private struct Shown {
    let title: String
    let lines: [String]
    /// Why the finding's own form is expected to have it.
    let reason: String
  }

  private func shown(in source: RecordingSource, trace: String) throws -> Shown {
    switch goal.what {
    case .finding(let key, _): try shown(key, in: source)
    case .counterexample(let searched): try shown(searched, in: source, trace: trace)
    }
  }

  private func shown(_ key: CutGoal.FindingKey, in source: RecordingSource) throws -> Shown {
    let row = try source.database.statement(
      "SELECT id FROM finding WHERE kind = ?1 AND certainty = ?2 AND event_id = ?3")
    row.bind(1, key.kind)
    row.bind(2, key.certainty)
    row.bind(3, text.line(of: key.event) ?? 0)
    guard try row.step(), let detail = try FindingDetail(row.integer(0), in: source.database) else { throw lost }
    let unit = try source.database.facts().stampUnit
    return Shown(
      title: "\(key.kind), \(key.certainty): \(detail.summary)",
      lines: FindingTimeline(detail, place: .line, unit: unit, database: nil).lines,
      reason: "finding \(goal.number) of \(recording): \(detail.summary)")
  }

  private func shown(_ searched: CutGoal.Searched, in source: RecordingSource, trace: String) throws -> Shown {
    let delta = try cut.search.deltaArgument()
    let replay = try source.replayOptions(delta: delta)
    let limits = try cut.search.limits()
    var settings = WindowExplorer.Settings(delta: delta, replay: replay, limits: limits, seed: 1)
    settings.counterexamplesMax = 1
    let tasks = try source.database.tasks()
    var explorer = WindowExplorer(searched.form, settings) { tasks[Int($0)].label }
    try source.forEachWindow(replay) { explorer.explore($0) }
    let found = explorer.exploration.counterexamples()
    guard let counterexample = found.first(where: { $0.counterexample.verdict == searched.verdict })?.counterexample
    else { throw lost }
    let command = ["explore", trace, "--protocol", searched.form.id] + cut.search.arguments + reading.arguments
    return Shown(
      title: "\(searched.form.id): \(counterexample.title)",
      lines: counterexample.text(limits.value, place: .line, again: (["gpc-replay"] + command).joined(separator: " ")),
      reason: "found in \(recording), window \(searched.window), by explore --protocol \(searched.form.id)")
  }

  private var lost: any Error {
    fail("The finding is not in the text of the cut, though it was in its events: nothing is written.")
  }

  /// A cut has nothing that the reader stumbles over.
  private func checkImport(_ database: TraceDatabase) throws {
    let row = try database.statement("SELECT kind, count FROM import_issue_count WHERE severity <> 'info'")
    if try row.step() {
      throw fail("The cut does not import without issues (\(row.integer(1)) \(row.text(0))): nothing is written.")
    }
  }

  private var introduction: String {
    let rounds =
      cut.lacksRounds ? "\nRepeated rounds were left out, too: what a round took may be the time of several." : ""
    let whole = plural(recordingLines, recordingPlace.rawValue)
    let share = "\(text.lineCount) of the \(whole) of the recording `\(recording)`"
    let units = "\(cut.unitCount) operations"
    let shrunk =
      cut.isMinimal
      ? "\(units), none of which can be left out" : "\(units) (not all of what could be left out was tried)"
    return """
      Cut out of a recording by `gpc-replay corpus add`: \(share), \(shrunk).
      \(names)\(rounds)
      """
  }

  private var names: String {
    if isAnonymised { return "Comms, pids and addresses are not the host's; the time begins at 1 s." }
    return switch wording {
    case .lines, .records: "The lines are as they were recorded."
    case .events: "Names, numbers and times are as they were recorded."
    }
  }

  private func rendering(_ format: String) -> String {
    switch wording {
    case .lines: break
    case .records: return "records of a trace.dat as trace-cmd report -t prints them"
    case .events(let recorded):
      return
        "events of \(recorded.rawValue) as \(Self.report(format)) prints them, without what the replay does not read"
    }
    return Self.report(format)
  }

  /// The command that prints such text.
  private static func report(_ format: String) -> String {
    guard format.hasPrefix(InputFormat.traceCmdText.rawValue) else {
      return String(format.prefix { $0 != "," })
    }
    let options = format.split(separator: ", ").dropFirst().filter { $0 != "default" }
    return (["trace-cmd report"] + options.map(String.init)).joined(separator: " ")
  }

  // MARK: What is expected

  private func expectations(_ row: CorpusCaseRow, _ reason: String) -> [CaseDescription.Expectation] {
    let own =
      switch goal.what {
      case .finding: CaseDescription.recorded
      case .counterexample(let searched): searched.form.id
      }
    var expectations: [CaseDescription.Expectation] = []
    for cell in row.cells {
      guard let verdict = CellVerdict(cell.verdict) else { continue }
      let why = cell.form == own ? reason : "\(Blessing.mark): as found when the case was cut; say here why it is right"
      if let index = expectations.firstIndex(where: { $0.verdict == verdict && $0.reason == why }) {
        expectations[index].forms.append(cell.form)
      } else {
        expectations.append(CaseDescription.Expectation(forms: [cell.form], verdict: verdict, reason: why))
      }
    }
    return expectations.filter { $0.forms == [own] } + expectations.filter { $0.forms != [own] }
  }

  private var counts: [CaseDescription.Counts] {
    let byName = text.eventCounts
    let events = byName.values.reduce(0, +)
    let figures = byName.sorted { $0.key < $1.key }.map { CaseDescription.Counts.Figure("event \($0.key)", $0.value) }
    return [
      CaseDescription.Counts(
        origin: "the lines of the text, counted by the word before the fields when the case was cut",
        figures: [CaseDescription.Counts.Figure("events", events)] + figures)
    ]
  }
}
