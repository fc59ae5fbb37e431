// A recording that a verb works on after it was imported: a trace, or the database of one.

import ArgumentParser
import Forms
import GPCProtocol
import Glibc
import KVMEvents
import Replay
import Report
import TraceStore

/// An imported recording.
struct RecordingSource {
  let database: TraceDatabase
  /// For commands; nil in memory.
  let path: String?
  /// What divergences were asked to be counted from.
  private let kernel: KernelForm?

  /// Imports and replays a trace, if its database does not hold it yet; takes a database as it is, unless another form
  /// is asked for than it was replayed with.
  /// - Parameters:
  ///   - kernel: what divergences are counted from; nil: the form that what is recorded speaks for.
  ///   - keepsNumbers: its findings' numbers are asked for: a database that holds another recording is an error, and
  ///     one that was replayed with `--kernel` stays so.
  init(_ trace: String, _ options: ImportOptions, kernel: KernelForm? = nil, keepsNumbers: Bool = false) throws {
    self.kernel = kernel
    if Self.isDatabase(trace) {
      do {
        database = try TraceDatabase(at: trace)
        path = trace
        if let kernel { try Self.replay(database, kernel: kernel) }
      } catch let error as TraceStoreError {
        throw fail(error.sentence)
      }
    } else {
      var importer = try Self.importer(trace, options, kernel: kernel)
      importer.keepsNumbers = keepsNumbers
      database = try importer.run().database
      path = importer.path
    }
  }

  /// Imports and replays a trace; what is wrong with it is left to the caller to tell.
  init(importing trace: String, _ options: ImportOptions, kernel: KernelForm?) throws {
    self.kernel = kernel
    let importer = try Self.importer(trace, options, kernel: kernel)
    database = try importer.outcome().database
    path = importer.path
  }

  /// With the thresholds that `gpc-replay TRACE` has.
  private static func importer(
    _ trace: String, _ options: ImportOptions, kernel: KernelForm?
  ) throws -> TraceImporter {
    var input = try InputArguments.parse(["--", trace])
    input.options = options
    return TraceImporter(input, replay: try ReplayArguments.parse([]), kernel: kernel)
  }

  /// With the settings of before, or the usual ones.
  private static func replay(_ database: TraceDatabase, kernel: KernelForm) throws {
    var options = try ReplayArguments.parse([]).options(for: database)
    let stored = try database.replaySettings()
    if let stored {
      options.deltaNs = stored.deltaNs
      options.retriesMax = Int32(clamping: stored.retriesMax)
      options.stallMaxNs = stored.stallMaxNs
    }
    if stored != settings(options, kernel: kernel) { try replayStored(database, options, kernel: kernel) }
  }

  private static func isDatabase(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let magic = Array("SQLite format 3\0".utf8)
    var bytes = [UInt8](repeating: 0, count: magic.count)
    return read(descriptor, &bytes, bytes.count) == bytes.count && bytes == magic
  }

  /// The form that the recorded kernel is taken to be: the one that its replay counts divergences from; v6.9 without a
  /// replay. A form of a file is not kept in the database: it has to be named again.
  func kernelForm() throws -> ProtocolForm {
    guard let id = try database.replaySettings()?.form else { return .v69 }
    if let asked = kernel, asked.form.id == id { return asked.form }
    guard let form = ProtocolForm.named(id) else {
      throw fail("\(path ?? "the database") was replayed by the form '\(id)' of a file: name that file with --kernel.")
    }
    return form
  }

  /// What no search over the recording can see, in sentences: while there is any, nothing is clean.
  func blindSpots() throws(TraceStoreError) -> [String] {
    var spots: [String] = []
    if try database.hasDoubt() {
      spots.append("part of the recording could not be read, or is not told: what is not found may be there")
    }
    if try database.hasLossAnywhere() {
      spots.append("events were lost, and the recording does not tell where: nothing is known of any window")
    }
    let omission = try database.statement("SELECT 1 FROM silent_omission")
    if try omission.step() {
      spots.append("events were left out without a marker: nothing is known of any window")
    }
    let row = try database.statement(
      "SELECT NOT EXISTS (SELECT 1 FROM invalidation) AND EXISTS (SELECT 1 FROM vm)")
    if try row.step(), row.integer(0) == 1 {
      spots.append(Verdict.noInvalidation)
    }
    let checks = try database.statement("SELECT NOT EXISTS (SELECT 1 FROM cache_check) AND EXISTS (SELECT 1 FROM vm)")
    if try checks.step(), checks.integer(0) == 1 { spots.append(Verdict.noCheck) }
    return spots
  }

  /// The recording's windows, in order. Where events were lost nobody knows where, they may be missing from each.
  func forEachWindow(_ options: ReplayOptions, _ body: (RecordedWindow) throws -> Void) throws {
    var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
    let isAnyInDoubt = try database.hasLossAnywhere()
    func hand(_ window: RecordedWindow) throws {
      guard isAnyInDoubt else { return try body(window) }
      try body(RecordedWindow(vm: window.vm, operations: window.operations, doubt: window.doubt ?? .lostEvents))
    }
    let events = try database.events()
    var batch: [RecordedEvent] = []
    var rows: [ReplayRow] = []
    while try events.read(into: &batch, upTo: 4096) {
      replayer.consume(batch)
      replayer.takeRows(into: &rows)
      for window in replayer.takeWindows() { try hand(window) }
    }
    replayer.finish()
    for window in replayer.takeWindows() { try hand(window) }
  }
}
