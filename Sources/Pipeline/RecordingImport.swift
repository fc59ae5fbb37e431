// The import of a recording: reader, replay and store in one pass.

import Forms
import Glibc
import KVMEvents
import Replay
import Results
import TraceReaders
import TraceStore

/// One import, with or without a replay in the same pass.
package struct RecordingImport {
  private var request: ImportRequest
  /// nil: import only.
  private let replay: ReplayRequest?
  private let listener: Listener
  /// Its findings are requested by number: a database that holds another recording is not replaced, and one that was
  /// replayed with a requested form stays so.
  private let keepsNumbers: Bool
  /// The default database holds another recording.
  private var besides: Notice?

  package struct Outcome {
    package let recording: Recording
    /// false: the database already held this recording.
    package let isNew: Bool
  }

  package init(_ request: ImportRequest, replay: ReplayRequest?, keepsNumbers: Bool = false, _ listener: Listener) {
    self.request = request
    self.replay = replay
    self.keepsNumbers = keepsNumbers
    self.listener = listener
  }

  /// Throws `PipelineError` or `TraceStoreError`.
  package func run() throws -> Outcome {
    var located = self
    let holds = try located.locate()
    return try located.run(holds)
  }

  /// - Parameter holds: the database is one of these bytes.
  private func run(_ holds: Bool) throws -> Outcome {
    let known = holds && !request.isForced ? try known() : nil
    let outcome = Outcome(
      recording: Recording(
        try known ?? importAnew(), path: path, kernel: replay?.kernel, memoryMax: replay?.memoryMax, listener),
      isNew: known == nil
    )
    // Not before: a recording that cannot be read has no database.
    if let besides { listener.notice(besides) }
    let facts = try outcome.recording.database.facts()
    if let asked = request.clock, facts.clockSource == .recorded, facts.clock != asked {
      listener.notice(.clockNotUsed(asked: asked, recorded: facts.clock, request.input))
    }
    return outcome
  }

  /// Finds the database's place, so that nothing else is overwritten.
  /// - Returns: there is one of an earlier run on the same bytes.
  private mutating func locate() throws -> Bool {
    // Without a database there is nothing to compare: the hash is computed while importing, too.
    guard let path, case .file(let trace) = request.input, access(path, F_OK) == 0 else { return false }
    let hash = try hash(ofFileAt: trace)
    switch try content(of: path, hash) {
    case .same: return true
    // Not replaced: the writer refuses a file that gpc-replay did not write.
    case .foreign: return false
    case .other: break
    }
    if keepsNumbers { throw PipelineError.holdsAnother(database: path, request.input) }
    if request.isDatabaseByDefault {
      let other = ImportRequest.database(path, of: hash)
      request.database = .file(other)
      besides = .besides(other: path, database: other)
      return try content(of: other, hash) == .same
    }
    guard request.isForced else { throw PipelineError.wouldReplace(database: path, request.input) }
    return false
  }

  private func content(of path: String, _ hash: ContentHash) throws(TraceStoreError) -> TraceDatabase.Content {
    do {
      return try TraceDatabase.content(of: path, contentHash: hash.description, toolVersion: Tool.version)
    } catch {
      switch error {
      // What cannot be read any more can be replaced.
      case .changed, .disagreeing, .unreadable, .damaged: if request.isForced { return .other }
      case _: break
      }
      throw error
    }
  }

  private var path: String? {
    switch request.database {
    case .file(let path): path
    case .memory: nil
    }
  }

  /// The database of an earlier run on the same bytes, replayed again if other settings are requested now; nil: it was
  /// imported in another way than is asked for.
  private func known() throws -> TraceDatabase? {
    guard let path else { return nil }
    // An import removes them itself.
    TraceDatabase.removeLeftovers(of: path)
    let database = try TraceDatabase(at: path)
    let facts = try database.facts()
    // An import with another clock (a recorded one stays), or of a truncated file under another `--allow-truncated`,
    // does not match this request.
    if facts.clockSource != .recorded, let asked = request.clock,
      facts.clock != asked || facts.stampUnit != asked.unit
    {
      return nil
    }
    // As every reader has it without --clock.
    if facts.clockSource == .assumed, request.clock == nil, facts.clock != .local { return nil }
    if try facts.importOptions != request.storedOptions() { return nil }
    if try database.hasIssue(.truncated), (facts.incomplete == nil) != request.allowsTruncated { return nil }
    if let replay {
      let recording = Recording(database, path: path, listener)
      let options = try recording.options(replay)
      let expected = try replay.kernel ?? KernelForm(database.formAgreements(), release: facts.kernelRelease)
      let stored = try database.replaySettings()
      let isOther = stored != ReplaySettings(options, kernel: expected)
      // It may be allowed to keep more by now.
      let hasGivenUp = try !database.givenUp().isEmpty
      if isOther && !(keepsNumbers && stored?.formReason == .asked) || hasGivenUp {
        try recording.replay(options, kernel: replay.kernel)
      }
    }
    return database
  }

  private func hash(ofFileAt trace: String) throws(PipelineError) -> ContentHash {
    do throws(TraceReadError) {
      return try ContentHash(ofFileAt: trace)
    } catch {
      throw .unreadable(error, request.input)
    }
  }
}

extension RecordingImport {
  private func importAnew() throws -> TraceDatabase {
    let storedOptions = try request.storedOptions()
    let reader = try request.reader()
    let writer = try TraceWriter(at: request.database)
    var span = EventSpan()
    var batch: [RecordedEvent] = []
    var rows: [ReplayRow] = []
    var isMore = try read(reader, into: &batch)
    // The first batch shows the resolution of the stamps, and so which events are unordered.
    let clock = clock(of: reader)
    var options = try replay?.options(
      clock: clock.clock, unit: clock.unit, resolutionNs: reader.facts.resolutionNs,
      mayHideLoss: Self.mayHideLoss(reader), listener)
    options?.notifierOffset = reader.marks.notifierOffset
    var pass = options.map { ReplayPass(kernel: replay?.kernel, release: reader.facts.kernelRelease, options: $0) }
    while isMore {
      try writer.write(batch)
      span.add(batch)
      if pass != nil {
        pass?.consume(batch, into: &rows)
        try writer.write(rows)
      }
      let share = reader.share
      listener.progress(WorkProgress(.bytes, share.read, of: share.total, events: span.count))
      isMore = try read(reader, into: &batch)
    }
    listener.progress(nil)
    func summary(_ settings: ReplaySettings?) -> ImportSummary {
      self.summary(of: reader, span, clock, settings, storedOptions)
    }
    guard var pass, var options else { return try writer.finish(summary(nil)) }
    options.mayHideLoss = Self.mayHideLoss(reader)
    try writer.write(pass.finish(mayHideLoss: options.mayHideLoss))
    let database = try writer.finish(summary(ReplaySettings(options, kernel: pass.kernel)))
    let recording = Recording(database, path: path, listener)
    if options.notifierOffset != reader.marks.notifierOffset {
      // A ring that overwrote its beginning says it at its end only.
      options.notifierOffset = reader.marks.notifierOffset
      try recording.replay(options, kernel: replay?.kernel, isFirst: true)
    } else if !pass.fieldsToLeaveOut.isEmpty {
      options.unusedFields = pass.fieldsToLeaveOut
      try recording.replay(options, kernel: replay?.kernel, isFirst: true)
    } else if !pass.isRight {
      try recording.replay(options, kernel: pass.spokenFor, isFirst: true)
    }
    return database
  }

  private func read(_ reader: TraceReader, into batch: inout [RecordedEvent]) throws(PipelineError) -> Bool {
    do throws(TraceReadError) {
      return try reader.read(into: &batch)
    } catch {
      throw .unreadable(error, request.input)
    }
  }

  /// Any event may be missing, as far as was read.
  private static func mayHideLoss(_ reader: TraceReader) -> Bool {
    reader.issueCounts.contains { $0.key.doubt != nil } || reader.marks.tellOfMissedHits
  }

  /// The clock that the recording names comes first, then `--clock`, then the convention for such recordings.
  private func clock(of reader: TraceReader) -> Clock {
    let facts = reader.facts
    if facts.clockSource == .recorded { return (facts.clock, .recorded, facts.stampUnit) }
    if let asked = request.clock { return (asked, .assumed, asked.unit) }
    return (facts.clock, facts.clockSource, facts.stampUnit)
  }

  private typealias Clock = (clock: TraceClock, source: ClockSource, unit: StampUnit)

  private func summary(
    of reader: TraceReader, _ span: EventSpan, _ clock: Clock, _ settings: ReplaySettings?, _ storedOptions: String
  ) -> ImportSummary {
    var facts = reader.facts
    facts.fileName = request.fileName
    if request.input == .standardInput { facts.contentHash = nil }
    facts.toolVersion = Tool.version
    facts.eventCount = span.count
    facts.firstTsNs = span.first?.rawValue
    facts.lastTsNs = span.last?.rawValue
    (facts.clock, facts.clockSource, facts.stampUnit) = clock
    if request.allowsTruncated { facts.incomplete = nil }
    facts.importOptions = storedOptions
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
    // By index, which reads only what it needs; a loop over the events would copy each.
    for index in batch.indices where batch[index].kind != .lostEvents {
      let time = batch[index].time
      count += 1
      first = first.map { min($0, time) } ?? time
      last = last.map { max($0, time) } ?? time
    }
  }
}
