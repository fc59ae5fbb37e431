// A cut as a case: its description and expectations.

import Corpus
import Explore
import Forms
import GPCProtocol
import KVMEvents
import Report
import Results
import TextLayout
import TraceReaders
import TraceStore

/// The text of a cut with the description of its case.
package struct CutCase {
  let goal: CutGoal
  package let cut: Cut
  package let text: CutText
  let reading: CaseDescription.Reading
  /// The recording's name.
  let recording: String
  let isAnonymised: Bool
  /// Times have their order alone.
  var hasCoarseTimes = false
  /// Lines of the recording, or its records.
  package let recordingLines: Int64
  package let recordingPlace: EventPlace
  let wording: CutWording

  /// What gpc-replay itself does not know.
  package struct Told {
    package var title: String?
    package var kernel: String
    package var command: String?
    package var licence: String

    package init(title: String?, kernel: String, command: String?, licence: String) {
      self.title = title
      self.kernel = kernel
      self.command = command
      self.licence = licence
    }
  }

  /// What is found in it now.
  func row(_ name: String) throws -> CorpusCaseRow {
    do {
      return try CaseRun.found(name, in: .bytes(text.bytes), bare, ProtocolForm.all).0
    } catch PipelineError.unreadable(let error, _) {
      throw CutFault.unreadableText(error)
    }
  }

  /// Only what the verdicts depend on.
  private var bare: CaseDescription {
    CaseDescription(
      title: "", text: "",
      origin: CaseDescription.Origin(kind: .cut, kernel: "", rendering: "", clock: "", probes: "", licence: ""),
      reading: reading, search: cut.search, expectations: [], counts: [])
  }

  /// - Parameters:
  ///   - row: what is found in it, which becomes the expectation.
  ///   - trace: its name in commands.
  func description(_ row: CorpusCaseRow, _ told: Told, trace: String) throws -> CaseDescription {
    let source = try Recording(reading.request(.bytes(text.bytes)), kernel: reading.kernel(), Listener())
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

  private func shown(in source: Recording, trace: String) throws -> Shown {
    switch goal.what {
    case .finding(let key, _): try shown(key, in: source)
    case .counterexample(let searched): try shown(searched, in: source, trace: trace)
    }
  }

  private func shown(_ key: FindingKey, in source: Recording) throws -> Shown {
    let inText = FindingKey(kind: key.kind, certainty: key.certainty, event: text.line(of: key.event) ?? 0)
    guard let number = try source.database.number(of: inText),
      let detail = try FindingDetail(number, in: source.database)
    else { throw CutFault.findingLostInText }
    let format = FindingTimeline.Format(try source.database.facts(), width: 160)
    return Shown(
      title: "\(key.kind.rawValue), \(key.certainty.rawValue): \(detail.summary)",
      lines: FindingTimeline(detail, format, .brief).lines(indent: 0).map(\.text.printable),
      reason: "finding \(goal.number) of \(recording): \(detail.summary)")
  }

  private func shown(_ searched: CutGoal.Searched, in source: Recording, trace: String) throws -> Shown {
    let search = try cut.search.request()
    let found = try source.explore(searched.form, search).counterexamples()
    guard let counterexample = found.first(where: { $0.counterexample.verdict == searched.verdict })?.counterexample
    else { throw CutFault.findingLostInText }
    let command = ["explore", trace, "--protocol", searched.form.id] + cut.search.arguments + reading.arguments
    return Shown(
      title: "\(searched.form.id): \(counterexample.title)",
      lines: counterexample.text(
        counterexample.whatPasses(search.budget.limits()), place: .line,
        again: (["gpc-replay"] + command).joined(separator: " ")),
      reason: "found in \(recording), window \(searched.window), by explore --protocol \(searched.form.id)")
  }

  /// Nothing in a cut is malformed.
  private func checkImport(_ database: TraceDatabase) throws {
    if let issue = try database.issueCounts().first(where: { $0.kind.severity != .info }) {
      throw CutFault.issueInText(kind: issue.kind.rawValue, count: issue.count)
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
    if hasCoarseTimes {
      return "Comms, pids and addresses are not the host's; times have the order of the recording's, and no length."
    }
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
        "events of \(recorded.words) as \(Self.report(format)) prints them, without what the replay does not read"
    }
    return Self.report(format)
  }

  /// The command that prints such text.
  private static func report(_ format: String) -> String {
    guard format.hasPrefix(InputFormat.traceCmdText.words) else {
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
