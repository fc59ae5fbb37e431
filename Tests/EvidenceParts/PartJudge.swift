// Judges a recording and its parts as gpc-replay does: replay, database, amendments, report.

import Forms
import GPCProtocol
import KVMEvents
import Replay
import Results
import TraceStore

/// One recording's database in memory, replayed again for each part, as `gpc-replay replay` does it: a new one for each
/// would cost as much as several hundred events.
package final class PartJudge {
  package let recording: WholeRecording
  private let database: TraceDatabase
  private let settings: ReplaySettings

  package init(_ recording: WholeRecording) throws {
    self.recording = recording
    let options = recording.options
    settings = ReplaySettings(
      toolVersion: "parts", form: ProtocolForm.v69.id, formReason: .asked, deltaNs: options.deltaNs,
      retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
    // The events themselves are not stored: nothing but the lines of a report is made of them.
    database = try TraceWriter(at: .memory).finish(recording.summary.imported(recording))
  }

  package func judge(_ removal: Removal) throws -> Judgement { try judge(removal.applied(to: recording)) }

  /// What is said of these events, if they are all that was recorded.
  /// - Parameter changed: the recording's own options with others for some of them.
  package func judge(_ events: [RecordedEvent], _ changed: ReplayOptions? = nil) throws -> Judgement {
    try recount(events)
    var options = changed ?? recording.options
    var leftOut: [ImplausibleField]
    repeat {
      leftOut = []
      try database.replaceResults { (writer) throws(TraceStoreError) in
        var replayer = Replayer(form: .v69, options: options)
        replayer.consume(events)
        replayer.finish()
        try writer.write(replayer.takeRows())
        leftOut = replayer.fieldsToLeaveOut
        return settings
      }
      options.unusedFields += leftOut
    } while !leftOut.isEmpty
    return try Judgement(database)
  }

  /// The names as the reader would have counted them: what was not probed, the report takes from these. What the
  /// catalogue does not have is not among the events, and stays.
  private func recount(_ events: [RecordedEvent]) throws {
    var counts = [Int64](repeating: 0, count: recording.names.count)
    for index in events.indices { counts[Int(events[index].name)] += 1 }
    let update = try database.statement(
      """
      UPDATE event_name SET count = (SELECT value FROM json_each(?1) WHERE key = event_name.id)
      WHERE kind_id IS NOT NULL
      """, "\(counts)")
    _ = try update.step()
  }
}

extension WholeRecording.ReadSummary {
  fileprivate func imported(_ recording: WholeRecording) -> ImportSummary {
    let events = recording.events
    var facts = RecordingFacts(
      format: format, byteCount: 0, lineCount: events.last?.id ?? 0, clock: clock, clockSource: clockSource,
      resolutionNs: resolutionNs, eventPlace: eventPlace)
    facts.fileName = recording.name
    facts.toolVersion = "parts"
    facts.eventCount = Int64(events.count)
    facts.firstTsNs = events.first?.time.rawValue
    facts.lastTsNs = events.last?.time.rawValue
    facts.incomplete = incomplete
    return ImportSummary(
      trace: facts,
      tasks: tasks, names: recording.names, issues: issues, issueCounts: issueCounts, replay: nil)
  }
}
