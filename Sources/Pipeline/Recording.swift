// An imported recording: what the stages after the import do with it.

import Compare
import Explore
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Report
import Results
import TextLayout
import TraceReaders
import TraceStore

/// An imported recording. What its methods throw is `PipelineError` or `TraceStoreError`.
package struct Recording {
  package let database: TraceDatabase
  /// Of the database, for commands; nil in memory.
  package let path: String?
  private let listener: Listener
  /// The requested form that divergences are counted from.
  private let kernel: KernelForm?
  /// Bytes that a replay may take; nil: the default.
  private let memoryMax: Int?

  package init(
    _ database: TraceDatabase, path: String?, kernel: KernelForm? = nil, memoryMax: Int? = nil, _ listener: Listener
  ) {
    self.database = database
    self.kernel = kernel
    self.memoryMax = memoryMax
    self.path = path
    self.listener = listener
  }

  /// Imports and replays the input, unless its database already holds it. If the input is a database, uses it as it is,
  /// unless another form is requested than it was replayed with.
  /// - Parameters:
  ///   - kernel: what divergences are counted from; nil: the form that the recording favours.
  ///   - keepsNumbers: its findings are requested by number: a database that holds another recording is an error, and
  /// one that was replayed with a requested form stays so.
  package init(
    _ request: ImportRequest, kernel: KernelForm? = nil, memoryMax: Int? = nil, keepsNumbers: Bool = false,
    _ listener: Listener
  ) throws {
    if case .file(let path) = request.input, Self.isDatabase(path) {
      self.init(try TraceDatabase(at: path), path: path, kernel: kernel, memoryMax: memoryMax, listener)
      if let kernel { try replayIfOther(kernel) }
      return
    }
    var replay = ReplayRequest()
    replay.kernel = kernel
    replay.memoryMax = memoryMax
    self = try RecordingImport(request, replay: replay, keepsNumbers: keepsNumbers, listener).run().recording
  }

  /// It is an SQLite file.
  package static func isDatabase(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let magic = Array("SQLite format 3\0".utf8)
    var bytes = [UInt8](repeating: 0, count: magic.count)
    return read(descriptor, &bytes, bytes.count) == bytes.count && bytes == magic
  }

  /// The form that the recorded kernel is assumed to have run: the one that its replay counts divergences from; v6.9
  /// without a replay. A form from a file is not kept in the database: it has to be named again.
  package func kernelForm() throws -> ProtocolForm {
    guard let id = try database.replaySettings()?.form else { return .v69 }
    if let kernel, kernel.form.id == id { return kernel.form }
    guard let form = ProtocolForm.named(id) else { throw PipelineError.formOfFile(id: id, database: path) }
    return form
  }

  /// The events, batch by batch, in replay order.
  func forEachBatch(_ body: ([RecordedEvent]) throws -> Void) throws {
    let events = try database.events()
    var batch: [RecordedEvent] = []
    let total = try database.facts().eventCount
    var done: Int64 = 0
    while try events.read(into: &batch, upTo: 4096) {
      try body(batch)
      done += Int64(batch.count)
      listener.progress(WorkProgress(.events, done, of: max(total, done)))
    }
    listener.progress(nil)
  }
}

// MARK: Replay

extension Recording {
  /// The settings of a replay of this recording.
  package func options(_ request: ReplayRequest) throws -> ReplayOptions {
    let facts = try database.facts()
    var options = try request.options(
      clock: facts.clock, unit: facts.stampUnit, resolutionNs: facts.resolutionNs,
      mayHideLoss: try database.hasDoubt(), listener)
    if request.memoryMax == nil, let memoryMax { options.memoryMax = memoryMax }
    options.unusedFields = try database.implausibleFields()
    options.notifierOffset = try database.recordingMarks().notifierOffset
    return options
  }

  /// How the recording is replayed for its windows.
  /// - Parameter bound: nil: the trace clock's own uncertainty.
  func windowOptions(_ bound: ClockBound?) throws -> ReplayOptions {
    var request = ReplayRequest()
    request.deltaNs = bound?.ns
    return try options(request)
  }

  /// Replays the database's own events and replaces the previous results. Where those are by a form of a file, the form
  /// has to be named: another one is not put in its place unasked.
  package func replay(_ request: ReplayRequest) throws {
    if request.kernel == nil { _ = try kernelForm() }
    try replay(options(request), kernel: request.kernel)
  }

  /// Repeated while fields turn out not to be what their probes should read (evidence, rule 20), and if the whole
  /// recording favours another form than its beginning (rule 26).
  /// - Parameters:
  ///   - kernel: what divergences are counted from; nil: the form that the recording favours.
  ///   - isFirst: part of an import: the results so far have not been reported.
  func replay(_ options: ReplayOptions, kernel: KernelForm?, isFirst: Bool = false) throws {
    let release = try database.facts().kernelRelease
    var (options, kernel) = (options, kernel)
    repeat {
      var pass = ReplayPass(kernel: kernel, release: release, options: options)
      try replayOnce(options, &pass, isFirst: isFirst)
      if pass.fieldsToLeaveOut.isEmpty && pass.isRight { return }
      if pass.fieldsToLeaveOut.isEmpty { kernel = pass.spokenFor }
      options.unusedFields += pass.fieldsToLeaveOut
    } while true
  }

  private func replayOnce(_ options: ReplayOptions, _ pass: inout ReplayPass, isFirst: Bool) throws {
    let signals = HeldSignals()
    defer { signals.release() }
    try database.replaceResults(isFirst: isFirst) { writer in
      var rows: [ReplayRow] = []
      try forEachBatch { batch in
        // What was there is there again when the signal ends the process.
        if signals.hasOne { throw Interrupted() }
        pass.consume(batch, into: &rows)
        try writer.write(rows)
      }
      try writer.write(pass.finish(mayHideLoss: options.mayHideLoss))
      return ReplaySettings(options, kernel: pass.kernel)
    }
  }

  /// With the previous settings, or the defaults.
  private func replayIfOther(_ kernel: KernelForm) throws {
    var options = try options(ReplayRequest())
    let stored = try database.replaySettings()
    if let stored {
      options.deltaNs = stored.deltaNs
      options.retriesMax = Int32(clamping: stored.retriesMax)
      options.stallMaxNs = stored.stallMaxNs
    }
    if stored != ReplaySettings(options, kernel: kernel) { try replay(options, kernel: kernel) }
  }
}

/// A signal has come that ends the work.
private struct Interrupted: Error {}

extension ReplaySettings {
  init(_ options: ReplayOptions, kernel: KernelForm) {
    self.init(
      toolVersion: Tool.version, form: kernel.form.id, formReason: kernel.reason, deltaNs: options.deltaNs,
      retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
  }
}

// MARK: Windows

extension Recording {
  /// The recording's windows, in order. Events lost at an unknown time may be missing from each.
  func forEachWindow(_ options: ReplayOptions, _ body: (RecordedWindow) throws -> Void) throws {
    var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
    let isAnyInDoubt = try database.hasLossAnywhere()
    func hand(_ window: RecordedWindow) throws {
      guard isAnyInDoubt else { return try body(window) }
      try body(RecordedWindow(vm: window.vm, operations: window.operations, doubt: window.doubt ?? .lostEvents))
    }
    var rows: [ReplayRow] = []
    try forEachBatch { batch in
      replayer.consume(batch)
      replayer.takeRows(into: &rows)
      for window in replayer.takeWindows() { try hand(window) }
    }
    replayer.finish()
    for window in replayer.takeWindows() { try hand(window) }
    // What comes after is of no window.
    for vm in replayer.unjudgedVMs { try hand(RecordedWindow(vm: vm, operations: [], doubt: .tooLong)) }
  }

  /// The windows, searched under one form.
  package func explore(_ form: ProtocolForm, _ search: SearchRequest) throws -> TraceExploration {
    let tasks = try database.tasks()
    let replay = try windowOptions(search.bound)
    var explorer = WindowExplorer(form, search.settings(replay)) { tasks[Int($0)].label.printable }
    try forEachWindow(replay) { explorer.explore($0) }
    return explorer.exploration
  }

  /// Models the cost of forms, and adds it to what is stored. The recorded kernel's figures are those of the replay in
  /// the database, so its settings apply; without one, it is replayed with the defaults.
  /// - Parameter isInterrupted: asked with each window; true ends it, and nothing of it is stored.
  /// - Returns: the forms without a known cost; nil: it was interrupted.
  package func compare(_ forms: [ProtocolForm], isInterrupted: () -> Bool) throws -> [ProtocolForm]? {
    var options = try options(ReplayRequest())
    if let stored = try database.replaySettings() {
      options.deltaNs = stored.deltaNs
    } else {
      try replay(options, kernel: nil)
    }
    var comparison = Comparison(forms, kernel: try kernelForm(), deltaNs: options.deltaNs)
    do {
      try forEachWindow(options) { window in
        if isInterrupted() { throw Interrupted() }
        comparison.consume(window)
      }
    } catch is Interrupted {
      listener.progress(nil)
      return nil
    }
    _ = try store(&comparison)
    let compared = Set(comparison.comparableForms.map(\.id))
    return forms.filter { !compared.contains($0.id) }
  }

  /// - Returns: by form.
  func store(_ comparison: inout Comparison) throws -> [FormCosts] {
    let costs = comparison.finish()
    try database.addToComparison(
      comparison.rows(costs), order: ProtocolForm.all.map(\.id), leftOut: comparison.leftOut,
      kernelWaits: comparison.kernelWaits)
    return costs
  }
}
