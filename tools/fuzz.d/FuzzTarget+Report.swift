// Bytes through all the stages of `gpc-replay TRACE --db :memory:`.

import Forms
import FtraceImport
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceStore

extension FuzzTarget {
  func report(_ bytes: UnsafeRawBufferPointer) {
    FuzzFile.write(bytes)
    do {
      let database = try imported(TraceReader(FuzzFile.input, options: Self.options))
      let report = try Report(database, findingsMax: 2)
      precondition(!TextReport(report, database: "trace.db", shownMax: 2).text.isEmpty, "a report says something")
      let document = try JSONReport.text(report)
      precondition(!document.isEmpty, "and so does a document")
      precondition(!report.verdict.reasons.isEmpty, "a verdict has a reason")
      let isBroken = try database.statement("PRAGMA foreign_key_check").step()
      precondition(!isBroken, "what a row cites is there")
    } catch let error as TraceReadError {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
    } catch {
      // In release a trap has no words.
      print("a database of our own cannot be written or read: \(error)")
      preconditionFailure("a database of our own")
    }
  }

  /// As the door does it: reader, replay and store in one pass.
  private func imported(_ reader: TraceReader) throws -> TraceDatabase {
    let writer = try TraceWriter(at: .memory)
    var batch: [RecordedEvent] = []
    var isMore = try reader.read(into: &batch)
    var options = ReplayOptions()
    let clock = reader.clock ?? .local
    options.deltaNs = clock.uncertainty + (reader.timestampResolutionNs > 1 ? reader.timestampResolutionNs : 0)
    options.mayHideLoss = reader.issueCounts[.formLimit] ?? 0 > 0
    var replayer = Replayer(form: .mainline, options: options, recordsWindows: true)
    var times: [TraceTimestamp] = []
    var count: Int64 = 0
    while isMore {
      try writer.write(batch)
      replayer.consume(batch)
      try writer.write(replayer.takeRows())
      _ = replayer.takeWindows()
      count += Int64(batch.count { $0.kind != .lostEvents })
      times = ([times.min(), times.max()].compactMap { $0 } + batch.filter { $0.kind != .lostEvents }.map(\.time))
      isMore = try reader.read(into: &batch)
    }
    replayer.finish()
    try writer.write(replayer.takeRows())
    let facts = TraceFacts(
      fileName: "fuzz", contentHash: reader.contentHash?.description, toolVersion: "fuzz",
      format: reader.formatDescription, byteCount: reader.bytesRead, lineCount: reader.lines, eventCount: count,
      firstTime: times.min(), lastTime: times.max(), clock: clock, clockSource: reader.clockSource,
      resolutionNs: reader.timestampResolutionNs, incomplete: reader.incomplete, eventPlace: reader.eventPlace)
    let settings = ReplaySettings(
      toolVersion: "fuzz", form: ProtocolForm.mainline.id, deltaNs: options.deltaNs,
      retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
    return try writer.finish(
      ImportSummary(
        trace: facts, tasks: reader.tasks, names: reader.names, issues: reader.issues, issueCounts: reader.issueCounts,
        replay: settings))
  }
}
