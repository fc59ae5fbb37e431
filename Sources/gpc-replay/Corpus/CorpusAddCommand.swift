// `corpus add`: the smallest cut of a recording that has a finding still, as a case.

import ArgumentParser
import Corpus
import KVMEvents
import TraceReaders
import TraceStore

struct CorpusAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Cut a finding out of a recording, shrink it, and add it as a case.",
    discussion: """
      TRACE is any recording that run takes; N is a number of its database: a finding (gpc-replay TRACE), or a counterexample \
      (gpc-replay explore TRACE). Lines are left out as long as the finding is found again, by a replay or a search of its own. Where \
      TRACE is no trace.dat, text of trace-cmd report or tracefs text, its events are printed as trace-cmd's text has them. What is left gets other comms, pids and addresses (docs/corpus-add.md). Exit status: 0 the case was added, 2 it was not.

      Example:
        gpc-replay corpus add traces/missed/contract/trace.txt.zst --finding 1 --to c
      """)

  @Argument(help: "The recording, in any form that run takes; plain or packed.")
  var trace: String

  @Option(help: "The number of a finding, or of a counterexample that explore stored.")
  var finding: Int64

  @Option(help: "The case's folder, DIR/topic/case. Or --corpus, --topic and --name.")
  var to: String?

  @Option(help: "The corpus.")
  var corpus = "traces"

  @Option(help: "The topic in it.")
  var topic: String?

  @Option(help: "The case's name.")
  var name: String?

  @Flag(help: "Keep the lines as they were recorded: comms, pids, addresses and times.")
  var keepNames = false

  @Option(help: "One line: what the case shows. Default: what was found.")
  var title: String?

  @Option(help: "The recording's name. Default: its file's.")
  var recording: String?

  @Option(help: "The kernel that was recorded.")
  var kernel = "unknown"

  @Option(help: "The command that recorded it.")
  var command: String?

  @Option(help: "The licence of the recording.")
  var licence = "unknown"

  @Option(help: "Smaller cuts that are tried at most. Behind them the smallest so far is taken.")
  var candidatesMax = 20_000

  @Option(help: "Seconds behind which the smallest cut so far is taken.")
  var timeMax = 600

  @OptionGroup(title: "Import") var options: ImportOptions

  func validate() throws {
    switch (to, topic, name) {
    case (nil, let topic?, let name?):
      guard [topic, name].allSatisfy({ !$0.isEmpty && !$0.contains("/") && !$0.hasPrefix(".") }) else {
        throw ValidationError("--topic and --name are names of folders.")
      }
    case (let to?, nil, nil):
      guard let last = to.split(separator: "/").last, !last.hasPrefix(".") else {
        throw ValidationError("--to is the folder of the case.")
      }
    case _: throw ValidationError("Either --to or both of --topic and --name are wanted.")
    }
    if timeMax < 1 { throw ValidationError("--time-max must be at least 1 second.") }
    if candidatesMax < 1 { throw ValidationError("--candidates-max must be at least 1.") }
    if let title, !CaseDescription.isTitle(title) { throw ValidationError("--title is one line of printable text.") }
  }

  func run() throws {
    let begun = ContinuousClock.now
    let folder = try CaseFolder(to ?? "\(corpus)/\(topic ?? "")/\(name ?? "")")
    let wording = CutWording(try format())
    let source = try RecordingSource(trace, options, keepsNumbers: true)
    do {
      guard let goal = try CutGoal(finding, in: source.database) else { throw try noFinding(source) }
      let cut = try cut(goal, source)
      let cutCase = try cutCase(goal, cut, source, wording, folder)
      try add(cutCase, to: folder, begun)
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  // MARK: What is wanted

  private func format() throws -> InputFormat {
    guard trace != "-" else { throw fail("The recording is read twice: a file is wanted.") }
    if options.probes != nil {
      throw fail("A case is read with the built-in probe catalogue: --probes cannot be kept in it.")
    }
    do {
      return try TraceReader(.file(path: trace), options: try options.readOptions()).format
    } catch let error as TraceReadError {
      throw fail("\(trace) \(error.predicate).")
    }
  }

  private func noFinding(_ source: RecordingSource) throws -> ExitCode {
    let numbers = try CutGoal.numbers(in: source.database)
    let there = numbers.ranges.isEmpty ? "it has none" : "it has \(numbers)"
    return fail("\(source.path ?? trace) has no finding \(finding): \(there).")
  }

  // MARK: The cut

  private func cut(_ goal: CutGoal, _ source: RecordingSource) throws -> TraceCutter.Cut {
    let cutter = TraceCutter(
      source: source, goal: goal, candidatesMax: candidatesMax, deadline: .now + .seconds(timeMax))
    guard let cut = try cutter.cut() else {
      throw fail(
        "Finding \(finding) is not found again in the operations of the recording: what it rests on is none of them, or the search is cut off."
      )
    }
    return cut
  }

  /// The text, under other names unless those are to be kept, with the verdicts of before.
  private func cutCase(
    _ goal: CutGoal, _ cut: TraceCutter.Cut, _ source: RecordingSource, _ wording: CutWording, _ folder: CaseFolder
  ) throws -> (CutCase, CorpusCaseRow) {
    let facts = try source.database.facts()
    let lines = try lines(cut.events, wording, source.database, facts)
    let reading = CaseDescription.Reading(
      clock: facts.clock == .local ? nil : facts.clock.rawValue,
      kernelForm: goal.restsOnForm ? try source.kernelForm().id : nil)
    func cutCase(_ text: CutText, isAnonymised: Bool) -> CutCase {
      CutCase(
        goal: goal, cut: cut, text: text, reading: reading, recording: recording ?? facts.fileName,
        isAnonymised: isAnonymised, recordingLines: facts.eventPlace == .event ? facts.eventCount : facts.lineCount,
        recordingPlace: facts.eventPlace, wording: wording)
    }
    let recorded = cutCase(CutText(lines), isAnonymised: false)
    let row = try recorded.row(folder.name)
    if keepNames { return (recorded, row) }
    let anonymised = cutCase(recorded.text.anonymised(), isAnonymised: true)
    let newRow = try anonymised.row(folder.name)
    for (old, new) in zip(row.cells, newRow.cells) where old.verdict != new.verdict {
      throw fail(
        "Under other names the cut is \(new.verdict) for \(new.form), not \(old.verdict): nothing is written. --keep-names keeps them."
      )
    }
    return (anonymised, newRow)
  }

  /// The cut in lines; with a note in front where the whole recording is judged as one that may lack events.
  private func lines(
    _ events: [RecordedEvent], _ wording: CutWording, _ database: TraceDatabase, _ facts: TraceFacts
  ) throws -> TextLines {
    let wanted = Set(events.map(\.id))
    let lines: TextLines
    do {
      let readOptions = try options.readOptions()
      switch wording {
      case .lines: lines = try TextLines(of: .file(path: trace), options: readOptions, wanted: wanted)
      case .records: lines = try TextLines(ofRecords: .file(path: trace), options: readOptions, wanted: wanted)
      case .events(let format):
        let printer = EventPrinter(
          names: try database.names(), tasks: try database.tasks(), format: format, unit: facts.stampUnit,
          resolutionNs: facts.resolutionNs)
        lines = TextLines(of: events, by: printer)
      }
    } catch let error as TraceReadError {
      throw fail("\(trace) \(error.predicate).")
    }
    if let missing = events.first(where: { lines.lines[$0.id] == nil }) { throw unprintable(missing, wording) }
    return try database.hasDoubt() ? lines.sayingThatEventsMayBeMissing() : lines
  }

  private func unprintable(_ event: RecordedEvent, _ wording: CutWording) -> ExitCode {
    switch wording {
    case .lines, .records:
      fail(
        "Record \(event.id) of \(trace) cannot be put into words: cut the text that trace-cmd report -t \(trace) prints."
      )
    case .events(let format):
      fail(
        event.kind == .lostEvents
          ? "Events were lost, and \(format.words) does not tell where: the text of a cut has no words for that. Nothing is written."
          : "Event \(event.id) of \(trace) cannot be put into words of trace-cmd: nothing is written.")
    }
  }

  // MARK: The case

  private func add(
    _ found: (cutCase: CutCase, row: CorpusCaseRow), to folder: CaseFolder, _ begun: ContinuousClock.Instant
  ) throws {
    let told = CutCase.Told(title: title, kernel: kernel, command: command, licence: licence)
    let description = try found.cutCase.description(found.row, told, trace: folder.trace)
    try folder.write(found.cutCase.text.bytes, description)
    var row = found.row
    row.title = description.title
    for index in row.cells.indices { row.cells[index].expected = row.cells[index].verdict }
    let outcome = CorpusOutcome(
      folder: folder.path, cases: [CaseOutcome(CorpusCase(name: folder.name, folder: folder.path), description, row)],
      jobCount: 1, wallNs: 0)
    let lines = Self.summary(found.cutCase, begun) + [description.title, ""] + outcome.matrix
    try printOut(([folder.path] + lines + [""] + Self.next(folder)).joined(separator: "\n") + "\n")
  }

  private static func summary(_ cutCase: CutCase, _ begun: ContinuousClock.Instant) -> [String] {
    let cut = cutCase.cut
    let milliseconds = (ContinuousClock.now - begun).components
    let tenths = milliseconds.seconds * 10 + milliseconds.attoseconds / 100_000_000_000_000_000
    let place = cutCase.recordingPlace.rawValue
    let minimal = cut.isMinimal ? "none of which can be left out" : "not all of which was tried to be left out"
    return [
      "\(cutCase.text.lineCount) of \(plural(cutCase.recordingLines, place)): \(cutCase.text.ranges)",
      "\(cut.unitCount) operations, \(minimal); \(cut.candidateCount) candidates tried from \(plural(cut.lineCountBefore, place)) on, \(tenths / 10).\(tenths % 10) s",
    ]
  }

  private static func next(_ folder: CaseFolder) -> [String] {
    [
      "run it:   gpc-replay corpus run \(folder.path) --db :memory:",
      "prove it: write the reasons for what is \(Blessing.mark) in \(folder.path)/\(CorpusCase.descriptionName)",
    ]
  }
}
