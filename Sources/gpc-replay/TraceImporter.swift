// Chains the stages: reader, replay and store in one pass.

import ArgumentParser
import Forms
import FtraceImport
import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Report
import TraceStore

/// One import, with or without a replay in the same pass.
struct TraceImporter {
  private let input: InputArguments
  /// nil: import only.
  private let replay: ReplayArguments?
  /// What divergences are counted from; nil: the form that what is recorded speaks for.
  private let kernel: KernelForm?
  let location: DatabaseLocation
  /// The numbers of its findings are asked for: a database that holds another recording does not give way, and one that
  /// was replayed with `--kernel` stays so.
  var keepsNumbers = false

  struct Outcome {
    let database: TraceDatabase
    /// false: the database held this very trace already.
    let isNew: Bool
  }

  init(_ input: InputArguments, replay: ReplayArguments?, kernel: KernelForm? = nil) {
    self.input = input
    self.replay = replay
    self.kernel = kernel
    location = input.location
  }

  /// The database's name for commands; nil in memory.
  var path: String? {
    switch location {
    case .file(let path): path
    case .memory: nil
    }
  }

  func run() throws -> Outcome {
    do {
      let outcome = try outcome()
      try noteUnusedClock(outcome.database)
      return outcome
    } catch let error as TraceReadError {
      throw fail("\(inputName(input.trace)) \(error.predicate).")
    } catch let error as TraceStoreError {
      throw fail(error.sentence)
    }
  }

  /// As `run`; what is wrong with the input is left to the caller to tell.
  func outcome() throws -> Outcome {
    if let known = try known() { return known }
    return Outcome(database: try importAnew(), isNew: true)
  }

  private func noteUnusedClock(_ database: TraceDatabase) throws(TraceStoreError) {
    let facts = try database.facts()
    guard let asked = input.options.clock, facts.clockSource == .recorded, facts.clock != asked else { return }
    printError(
      "gpc-replay: --clock \(asked.rawValue) is not used: \(inputName(input.trace)) says that its clock is \(facts.clock.rawValue).\n"
    )
  }

  /// The database of an earlier run on the same bytes; replayed again where other settings are wanted now.
  private func known() throws -> Outcome? {
    guard case .file(let path) = location, input.trace != "-", !input.options.force else { return nil }
    // Without a database there is nothing to compare: the hash is taken while importing, too.
    guard access(path, F_OK) == 0 else { return nil }
    let hash = try ContentHash(ofFileAt: input.trace)
    guard try TraceDatabase.holds(contentHash: hash.description, toolVersion: Tool.version, at: path) else {
      let other = "\(path) holds another recording, or another version's import"
      guard !keepsNumbers else {
        throw fail(
          "\(other): its numbers are not those of \(input.trace). Name that one's database, or import it first.")
      }
      printError("gpc-replay: \(other); it is replaced.\n")
      return nil
    }
    let database = try TraceDatabase(at: path)
    let facts = try database.facts()
    // What was imported under another clock (a recorded one stays what it is), or is cut short and was to be taken
    // otherwise, is not what is asked for now.
    if facts.clockSource != .recorded, let asked = input.options.clock,
      facts.clock != asked || facts.stampUnit != asked.unit
    {
      return nil
    }
    if try facts.importOptions != input.options.importOptions() { return nil }
    if try database.hasIssue(.truncated), (facts.incomplete == nil) != input.options.allowTruncated { return nil }
    if let replay {
      let options = try replay.options(for: database)
      let expected = try kernel ?? KernelForm(database.formAgreements(), release: facts.kernelRelease)
      let stored = try database.replaySettings()
      if stored != settings(options, kernel: expected), !(keepsNumbers && stored?.formReason == .asked) {
        try replayStored(database, options, kernel: kernel)
      }
    }
    return Outcome(database: database, isNew: false)
  }
}

extension TraceImporter {
  private func importAnew() throws -> TraceDatabase {
    let importOptions = try input.options.importOptions()
    let reader = try TraceReader(TraceInput(argument: input.trace), options: input.options.readOptions())
    let writer = try TraceWriter(at: location)
    var progress = Progress()
    var span = EventSpan()
    var batch: [RecordedEvent] = []
    var rows: [ReplayRow] = []
    var isMore = try reader.read(into: &batch)
    // The first batch tells how fine the stamps are, and with it what is unordered.
    let clock = clock(of: reader)
    var options = try replay?.options(
      clock: clock.clock, unit: clock.unit, resolutionNs: reader.timestampResolutionNs,
      mayHideLoss: Self.mayHideLoss(reader))
    options?.notifierOffset = reader.marks.notifierOffset
    var pass = options.map { ReplayPass(kernel: kernel, release: reader.kernelRelease, options: $0) }
    while isMore {
      try writer.write(batch)
      span.add(batch)
      if pass != nil {
        pass?.consume(batch, into: &rows)
        try writer.write(rows)
      }
      progress.update(bytes: reader.bytesRead, total: reader.totalBytes, events: span.count)
      isMore = try reader.read(into: &batch)
    }
    progress.finish()
    guard var pass, var options else {
      return try writer.finish(summary(reader, span, clock, nil, importOptions))
    }
    options.mayHideLoss = Self.mayHideLoss(reader)
    try writer.write(pass.finish(mayHideLoss: options.mayHideLoss))
    let database = try writer.finish(
      summary(reader, span, clock, settings(options, kernel: pass.kernel), importOptions))
    if options.notifierOffset != reader.marks.notifierOffset {
      // A ring that overwrote its beginning says it at its end only.
      options.notifierOffset = reader.marks.notifierOffset
      try replayStored(database, options, kernel: kernel)
    } else if !pass.fieldsToLeaveOut.isEmpty {
      options.unusedFields = pass.fieldsToLeaveOut
      try replayStored(database, options, kernel: kernel)
    } else if !pass.isRight {
      try replayStored(database, options, kernel: pass.spokenFor)
    }
    return database
  }

  /// Any event may be missing, as far as was read.
  private static func mayHideLoss(_ reader: TraceReader) -> Bool {
    reader.issueCounts.contains { $0.key.doubt != nil } || reader.marks.tellOfMissedHits
  }

  /// What the recording says of its clock comes first, then `--clock`, then what such recordings have by convention.
  private func clock(of reader: TraceReader) -> Clock {
    if let clock = reader.clock, reader.clockSource == .recorded { return (clock, .recorded, reader.stampUnit) }
    if let asked = input.options.clock { return (asked, .assumed, asked.unit) }
    return (reader.clock ?? .local, reader.clockSource, reader.stampUnit)
  }

  private typealias Clock = (clock: TraceClock, source: ClockSource, unit: StampUnit)

  private func summary(
    _ reader: TraceReader, _ span: EventSpan, _ clock: Clock,
    _ settings: ReplaySettings?,
    _ importOptions: String
  ) -> ImportSummary {
    let facts = TraceFacts(
      fileName: input.fileName, contentHash: input.trace == "-" ? nil : reader.contentHash?.description,
      toolVersion: Tool.version, format: reader.formatDescription, byteCount: reader.bytesRead,
      lineCount: reader.lines, eventCount: span.count, firstTime: span.first, lastTime: span.last, clock: clock.clock,
      clockSource: clock.source, stampUnit: clock.unit, resolutionNs: reader.timestampResolutionNs,
      incomplete: input.options.allowTruncated ? nil : reader.incomplete, importOptions: importOptions,
      eventPlace: reader.eventPlace, kernelRelease: reader.kernelRelease)
    return ImportSummary(
      trace: facts, tasks: reader.tasks, names: reader.names, issues: reader.issues, issueCounts: reader.issueCounts,
      marks: reader.marks, replay: settings)
  }
}

/// How many events there are and when the first and the last of them were recorded.
private struct EventSpan {
  var count: Int64 = 0
  var first: TraceTimestamp?
  var last: TraceTimestamp?

  mutating func add(_ batch: borrowing [RecordedEvent]) {
    // By index, which reads what it needs; a loop over the events would copy each.
    for index in batch.indices where batch[index].kind != .lostEvents {
      let time = batch[index].time
      count += 1
      first = first.map { min($0, time) } ?? time
      last = last.map { max($0, time) } ?? time
    }
  }
}
