// The stages as the door chains them, in one process: for tools/fuzz, and for tests that give them what no kernel
// records.

import Compare
import Forms
import GPCProtocol
import KVMEvents
import Replay
import Report
import TraceReaders
import TraceStore

package enum Stages {
  /// As `gpc-replay TRACE --db …`: reader, replay and store in one pass.
  package static func imported(
    _ reader: TraceReader, at location: DatabaseLocation = .memory
  ) throws -> TraceDatabase {
    let writer = try TraceWriter(at: location)
    var batch: [RecordedEvent] = []
    var isMore = try reader.read(into: &batch)
    let clock = reader.facts.knownClock ?? .local
    let options = options(
      clock, reader.facts.stampUnit, resolutionNs: reader.facts.resolutionNs,
      mayHideLoss: reader.issueCounts.contains { $0.key.doubt != nil })
    var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
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
    var facts = reader.facts
    facts.fileName = "trace"
    facts.toolVersion = "stages"
    facts.eventCount = count
    facts.firstTsNs = times.min()?.rawValue
    facts.lastTsNs = times.max()?.rawValue
    return try writer.finish(
      ImportSummary(
        trace: facts, tasks: reader.tasks, names: reader.names, issues: reader.issues, issueCounts: reader.issueCounts,
        replay: settings(options)))
  }

  /// As `gpc-replay replay DB`, and what `compare` begins with where the database has no replay.
  package static func replay(_ database: TraceDatabase) throws {
    let options = try options(of: database)
    try database.replaceResults { (writer) throws(TraceStoreError) in
      var replayer = Replayer(form: .v69, options: options)
      let events = try database.events()
      var batch: [RecordedEvent] = []
      while try events.read(into: &batch, upTo: 4096) {
        replayer.consume(batch)
        try writer.write(replayer.takeRows())
      }
      replayer.finish()
      try writer.write(replayer.takeRows())
      return settings(options)
    }
  }

  /// As `gpc-replay compare DB`: what it prints, as text and as JSON.
  package static func compare(_ database: TraceDatabase) throws -> (text: String, json: String) {
    var options = try options(of: database)
    if let stored = try database.replaySettings() { options.deltaNs = stored.deltaNs }
    // Few rounds, for executions are to be many.
    var comparison = Comparison(ProtocolForm.all, kernel: .v69, deltaNs: options.deltaNs, retriesMax: 1000)
    var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
    let events = try database.events()
    var batch: [RecordedEvent] = []
    while try events.read(into: &batch, upTo: 4096) {
      replayer.consume(batch)
      _ = replayer.takeRows()
      for window in replayer.takeWindows() { comparison.consume(window) }
    }
    replayer.finish()
    for window in replayer.takeWindows() { comparison.consume(window) }
    let costs = comparison.finish()
    try database.addToComparison(
      comparison.rows(costs), order: comparison.forms.map(\.id), leftOut: comparison.leftOut,
      kernelWaits: comparison.kernelWaits)
    let report = try ComparisonReport(database, of: nil, notCompared: [])
    return (ComparisonText(report, width: 100).text, try report.json())
  }

  /// As `gpc-replay replay DB` prints it, as text and as JSON; and each finding as `explain` does.
  /// - Parameter widths: of the terminals that `explain` prints for.
  package static func report(
    _ database: TraceDatabase, widths: [Int] = [40, 80, 200]
  ) throws -> (report: Report, text: String, json: String) {
    let report = try Report(database, findingsMax: 2)
    for width in widths {
      let format = FindingTimeline.Format(report.trace, width: width)
      for finding in report.findings { _ = FindingTimeline(finding, format, .full).lines(indent: 0) }
    }
    let text = TextReport(report, TextReport.Options(database: "trace.db", shownMax: 2, width: 100)).text
    return (report, text, try JSONReport.text(report))
  }

  /// Every row of every view: nil, or what SQLite says of the first view that it cannot show.
  /// - Parameters:
  ///   - count: so many views only.
  ///   - first: from this one on, in the order of their names and round it.
  package static func viewFault(
    _ database: TraceDatabase, only count: Int = .max, from first: Int = 0
  ) throws -> String? {
    let names = try database.statement("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
    var views: [String] = []
    while try names.step() { views.append(names.text(0)) }
    for place in 0..<min(count, views.count) {
      let view = views[(first + place) % views.count]
      do {
        let rows = try database.statement("SELECT * FROM \(view)")
        while try rows.step() {}
      } catch {
        return "\(view): \(error)"
      }
    }
    return nil
  }

  private static func options(of database: TraceDatabase) throws -> ReplayOptions {
    let facts = try database.facts()
    return options(facts.clock, facts.stampUnit, resolutionNs: facts.resolutionNs, mayHideLoss: try database.hasDoubt())
  }

  private static func options(
    _ clock: TraceClock, _ unit: StampUnit, resolutionNs: Int64, mayHideLoss: Bool
  ) -> ReplayOptions {
    var options = ReplayOptions()
    options.stampUnit = unit
    if unit == .tick { options.stallMaxNs = .max }
    options.deltaNs = clock.uncertainty + (resolutionNs > 1 ? resolutionNs : 0)
    options.mayHideLoss = mayHideLoss
    return options
  }

  private static func settings(_ options: ReplayOptions) -> ReplaySettings {
    ReplaySettings(
      toolVersion: "stages", form: ProtocolForm.v69.id, formReason: .asked, deltaNs: options.deltaNs,
      retriesMax: Int64(options.retriesMax), stallMaxNs: options.stallMaxNs)
  }
}
