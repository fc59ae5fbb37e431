// The result of one recording, as a fleet database of one.

import KVMEvents
import Results
import TraceStore

/// What is kept of a recording once it is judged, or could not be.
package struct FleetResult {
  package var recording: FleetRecording
  /// Values by names.
  package var labels: [String: String]
  private var reasons: [String] = []
  private var latencies: FleetWriter.Latencies = []
  private var database: TraceDatabase?

  /// Of a recording that could not be judged.
  package init(_ recording: FleetRecording, labels: [String: String]) {
    self.recording = recording
    self.labels = labels
  }

  /// Of a recording that was replayed.
  package init(
    of database: TraceDatabase, name: String, options: String, labels: [String: String]
  ) throws(TraceStoreError) {
    let report = try Report(database, findingsMax: 0)
    let facts = report.trace
    recording = FleetRecording(
      name: name, status: .judged, error: nil, fileName: facts.fileName, contentHash: facts.contentHash,
      byteCount: facts.byteCount, options: options, toolVersion: facts.toolVersion)
    self.labels = labels
    self.database = database
    reasons = report.verdict.reasons
    recording.verdict = report.verdict.status.rawValue
    recording.isLimited = report.doubtsOfMisses.isEmpty && !report.isIncomplete ? 0 : 1
    recording.undecidedCount = report.retries.reduce(0) { sum, cause in
      switch cause.cause {
      case .undecided, .unknown: sum.addingClamped(cause.rounds)
      case .necessary, .false: sum
      }
    }
    recording.kernelRelease = facts.kernelRelease?.text
    recording.form = report.replay?.form
    recording.formReason = report.replay?.formReason.rawValue
    recording.deltaNs = report.replay?.deltaNs
    recording.format = facts.format
    recording.clock = facts.clock.rawValue
    recording.stampUnit = facts.stampUnit.rawValue
    recording.resolutionNs = facts.resolutionNs
    recording.incomplete = facts.incomplete
    recording.lineCount = facts.lineCount
    recording.eventCount = facts.eventCount
    recording.lengthNs = (facts.lastTsNs ?? 0).subtractingClamped(facts.firstTsNs ?? 0)
    recording.vmCount = report.counts.vms
    recording.cacheCount = report.counts.caches
    recording.invalidationCount = report.counts.invalidations
    recording.checkCount = report.counts.checks
    recording.failedCheckCount = try database.number("SELECT count(*) FROM cache_check WHERE answer = 0")
    try addRefreshes(of: database, facts.stampUnit)
  }

  private mutating func addRefreshes(of database: TraceDatabase, _ unit: StampUnit) throws(TraceStoreError) {
    var (count, failed, rounds) = (Int64(0), Int64(0), Int64(0))
    var (necessary, falseRounds, falseNs, longest) = (Int64(0), Int64(0), Int64(0), Int64(0))
    var (stalls, lockWaits, durations) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
    let row = try database.statement(
      """
      SELECT outcome = 'failed' AS is_failed, round_count, necessary_count, false_count, false_ns, stall_ns, lock_wait_ns,
        duration_ns
      FROM refresh
      """)
    while try row.step() {
      count += 1
      failed += row.integer("is_failed")
      rounds.addClamped(row.integer("round_count"))
      necessary.addClamped(row.integer("necessary_count"))
      falseRounds.addClamped(row.integer("false_count"))
      falseNs.addClamped(row.integer("false_ns"))
      longest = max(longest, row.integer("stall_ns"))
      if row.integer("round_count") > 0 { stalls.add(row.integer("stall_ns")) }
      if let wait = row.optionalInteger("lock_wait_ns") { lockWaits.add(wait) }
      if let duration = row.optionalInteger("duration_ns") { durations.add(duration) }
    }
    (recording.refreshCount, recording.failedCount, recording.roundCount) = (count, failed, rounds)
    (recording.necessaryCount, recording.falseCount, recording.falseNs) = (necessary, falseRounds, falseNs)
    recording.longestStallNs = longest
    if unit == .ns { latencies = [("stall", stalls), ("lock_wait", lockWaits), ("duration", durations)] }
  }

  /// Writes it under its final name, whole or not at all; replaces a result that is there.
  package func write(to path: String) throws(TraceStoreError) {
    let writer = try FleetWriter(at: path, isResult: true)
    try writer.write(recording, labels: labels, reasons: reasons, latencies: latencies, from: database)
    try writer.finish()
  }
}
