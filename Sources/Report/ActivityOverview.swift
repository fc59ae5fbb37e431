// What happened when, in buckets: the overview of a whole recording.

import KVMEvents
import Results
import TraceStore

/// Repeated rounds per cache and invalidations per VM, counted in buckets of equal length, however long the recording.
package struct ActivityOverview: Sendable {
  /// Rounds of one cache that were repeated, bucket by bucket.
  package struct Cache: Sendable {
    package let cache: Int64
    package let vm: Int64?
    package let gpc: String
    package fileprivate(set) var rounds: [RetryRound.Cause: [Int64]] = [:]

    package func total(_ cause: RetryRound.Cause) -> Int64 { (rounds[cause] ?? []).reduce(0, +) }
    package var total: Int64 { rounds.keys.reduce(0) { $0 + total($1) } }
  }

  /// Invalidations that began, bucket by bucket.
  package struct VM: Sendable {
    package let vm: Int64
    package fileprivate(set) var invalidations: [Int64]
  }

  /// A gap, in buckets.
  package struct Loss: Sendable {
    package let cpu: Int64
    package let buckets: ClosedRange<Int>
  }

  /// Stamps of the trace clock.
  package let firstNs: Int64
  package let lastNs: Int64
  package let bucketNs: Int64
  package let bucketCount: Int
  package let vms: [VM]
  /// Those that repeated rounds, most first; at most `cachesMax`.
  package let caches: [Cache]
  /// Caches with repeated rounds that are not in `caches`.
  package let cachesLeftOut: Int
  /// One per gap, the first ones.
  package let losses: [Loss]
  package let lossCount: Int64

  package static let bucketsMax = 240
  package static let cachesMax = 12
  package static let lossesMax = 200

  /// nil: no event.
  package init?(_ database: TraceDatabase) throws(TraceStoreError) {
    let facts = try database.facts()
    guard let first = facts.firstTsNs, let last = facts.lastTsNs else { return nil }
    let length = max(0, last.subtractingClamped(first))
    let width = max(1, length / Int64(Self.bucketsMax) + 1)
    (firstNs, lastNs, bucketNs) = (first, last, width)
    let count = Int(length / width) + 1
    bucketCount = count
    /// Stamps may go back, and lie centuries apart in a damaged recording.
    func bucket(_ stamp: String) -> String {
      "min(max(CAST((\(stamp) - \(first)) / \(width) AS INTEGER), 0), \(count - 1))"
    }
    var caches: [Int64: Cache] = [:]
    let rounds = try database.statement(
      """
      SELECT refresh.cache_id AS cache_id, cache_hex.vm_id AS vm_id, gpc_hex, cause, \(bucket("event.ts_ns")) AS bucket,
        count(*) AS rounds
      FROM retry_round JOIN refresh ON refresh.id = refresh_id JOIN cache_hex ON cache_hex.id = refresh.cache_id
      JOIN event ON event.id = coalesce(test_event_id, lookup_ret_event_id, lookup_event_id, loop_event_id)
      WHERE cause IS NOT NULL GROUP BY refresh.cache_id, cause, bucket
      """)
    while try rounds.step() {
      let cause: RetryRound.Cause = try rounds.word("cause")
      let id = rounds.integer("cache_id")
      var cache =
        caches[id] ?? Cache(cache: id, vm: rounds.optionalInteger("vm_id"), gpc: rounds.text("gpc_hex"))
      let place = Int(rounds.integer("bucket"))
      cache.rounds[cause, default: Array(repeating: 0, count: count)][place] += rounds.integer("rounds")
      caches[id] = cache
    }
    let ranked = caches.values.sorted { $0.total == $1.total ? $0.cache < $1.cache : $0.total > $1.total }
    self.caches = Array(ranked.prefix(Self.cachesMax))
    cachesLeftOut = ranked.count - self.caches.count
    var vms: [Int64: VM] = [:]
    let invalidations = try database.statement(
      """
      SELECT vm_id, \(bucket("event.ts_ns")) AS bucket, count(*) AS invalidations
      FROM invalidation JOIN event ON event.id = coalesce(
        start_event_id, walk_event_id, start_ret_event_id, end_event_id, end_ret_event_id)
      GROUP BY vm_id, bucket
      """)
    while try invalidations.step() {
      let id = invalidations.integer("vm_id")
      vms[id, default: VM(vm: id, invalidations: Array(repeating: 0, count: count))]
        .invalidations[Int(invalidations.integer("bucket"))] += invalidations.integer("invalidations")
    }
    self.vms = vms.values.sorted { $0.vm < $1.vm }
    lossCount = try database.number("SELECT count(*) FROM loss") ?? 0
    losses = try database.rows(
      """
      SELECT loss.cpu AS cpu, \(bucket("coalesce(before.ts_ns, \(first))")) AS first_bucket,
        \(bucket("coalesce(marker.ts_ns, \(last))")) AS last_bucket
      FROM loss LEFT JOIN event AS before ON before.id = after_event_id LEFT JOIN event AS marker ON marker.id = line
      ORDER BY loss.id LIMIT \(Self.lossesMax)
      """
    ) { row in
      let (begin, end) = (Int(row.integer("first_bucket")), Int(row.integer("last_bucket")))
      return Loss(cpu: row.integer("cpu"), buckets: min(begin, end)...max(begin, end))
    }
  }

  /// Where the last bucket ends.
  package var endNs: Int64 { Int64(clamping: Int128(firstNs) + Int128(bucketNs) * Int128(bucketCount)) }
}
