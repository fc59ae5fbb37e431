// What two recordings are compared by.

import KVMEvents
import Results
import TraceStore

/// The figures of one recording.
package struct RecordingFigures: Encodable, Sendable {
  /// Of all refreshes, or of those of one cache or task.
  package struct Refreshes: Encodable, Sendable {
    package fileprivate(set) var count: Int64 = 0
    package fileprivate(set) var rounds: Int64 = 0
    package fileprivate(set) var necessaryRounds: Int64 = 0
    package fileprivate(set) var falseRounds: Int64 = 0
    package fileprivate(set) var failed: Int64 = 0
    /// First top of the retry loop to the last, in nanoseconds.
    package fileprivate(set) var stall = Percentiles()
    /// Request to entry: in it refresh_lock was taken.
    package fileprivate(set) var lockWait = Percentiles()
    /// Entry to return.
    package fileprivate(set) var duration = Percentiles()
    package fileprivate(set) var lostNs: Int64 = 0
  }

  /// Upper bounds within 1/64; nil: there is none.
  package struct Percentiles: Encodable, Sendable {
    package fileprivate(set) var p50Ns: Int64?
    package fileprivate(set) var p99Ns: Int64?
    package fileprivate(set) var maxNs: Int64?

    init() {}

    fileprivate init(_ histogram: LatencyHistogram) {
      p50Ns = histogram.percentile(50)
      p99Ns = histogram.percentile(99)
      maxNs = histogram.count > 0 ? histogram.maxNs : nil
    }
  }

  package let fileName: String
  package let kernelRelease: String?
  package let form: String?
  package let stampUnit: StampUnit
  /// First to last event.
  package let lengthNs: Int64
  package let status: ReportVerdict.Status
  package let invalidations: Int64
  package let checks: Int64
  package let failedChecks: Int64
  package let all: Refreshes
  /// By what the cache maps: `gpa 0x12000`, `uhva 0x7f…`; only if one cache alone does.
  package let byCache: [String: Refreshes]
  /// By comm.
  package let byTask: [String: Refreshes]
  package let causes: [Report.RetryCause]
  package let findings: [Report.FindingCount]
  /// What is not known of this recording, in sentences.
  package let limits: [String]
  /// Rounds were repeated, and not one of them for a known cause.
  var hasUnknownCausesOnly: Bool {
    !causes.isEmpty
      && causes.allSatisfy { cause in
        switch cause.cause {
        case .undecided, .unknown: true
        case .necessary, .false: false
        }
      }
  }

  package init(_ database: TraceDatabase) throws(TraceStoreError) {
    let report = try Report(database, findingsMax: 0)
    fileName = report.trace.fileName
    kernelRelease = report.trace.kernelRelease?.text
    form = report.replay?.form
    stampUnit = report.trace.stampUnit
    lengthNs = (report.trace.lastTsNs ?? 0).subtractingClamped(report.trace.firstTsNs ?? 0)
    status = report.verdict.status
    invalidations = report.counts.invalidations
    checks = report.counts.checks
    failedChecks = try database.number("SELECT count(*) FROM cache_check WHERE answer = 0") ?? 0
    causes = report.retries
    findings = report.findingCounts
    limits = report.limits
    var (all, byCache, byTask) = (Sums(), [String: Sums](), [String: Sums]())
    let names = try Self.cacheNames(database)
    let row = try database.statement(
      """
      SELECT cache_id, comm, outcome = 'failed' AS is_failed, round_count, necessary_count, false_count, false_ns, stall_ns,
        lock_wait_ns, duration_ns
      FROM refresh LEFT JOIN task ON task.id = task_id
      """)
    while try row.step() {
      all.add(row)
      if let name = names[row.integer("cache_id")] { byCache[name, default: Sums()].add(row) }
      byTask[row.text("comm"), default: Sums()].add(row)
    }
    self.all = all.figures
    self.byCache = byCache.mapValues(\.figures)
    self.byTask = byTask.mapValues(\.figures)
  }

  /// Of the caches that alone map something.
  private static func cacheNames(_ database: TraceDatabase) throws(TraceStoreError) -> [Int64: String] {
    let rows = try database.rows(
      """
      SELECT id, vm_id, CASE WHEN last_gpa <> -1 THEN 'gpa ' || last_gpa_hex ELSE 'uhva ' || last_uhva_hex END AS name
      FROM cache_hex WHERE last_gpa IS NOT NULL OR last_uhva IS NOT NULL
      """
    ) { (id: $0.integer("id"), name: $0.optionalText("name")) }
    let counts = rows.reduce(into: [String: Int]()) { counts, row in
      if let name = row.name { counts[name, default: 0] += 1 }
    }
    return rows.reduce(into: [:]) { names, row in
      if let name = row.name, counts[name] == 1 { names[row.id] = name }
    }
  }

  private struct Sums {
    private var sums = Refreshes()
    private var stalls = LatencyHistogram()
    private var lockWaits = LatencyHistogram()
    private var durations = LatencyHistogram()

    mutating func add(_ row: Statement) {
      sums.count += 1
      sums.rounds.addClamped(row.integer("round_count"))
      sums.necessaryRounds.addClamped(row.integer("necessary_count"))
      sums.falseRounds.addClamped(row.integer("false_count"))
      sums.failed += row.integer("is_failed")
      sums.lostNs.addClamped(row.integer("false_ns"))
      stalls.add(row.integer("stall_ns"))
      if let wait = row.optionalInteger("lock_wait_ns") { lockWaits.add(wait) }
      if let duration = row.optionalInteger("duration_ns") { durations.add(duration) }
    }

    var figures: Refreshes {
      var figures = sums
      figures.stall = Percentiles(stalls)
      figures.lockWait = Percentiles(lockWaits)
      figures.duration = Percentiles(durations)
      return figures
    }
  }
}
