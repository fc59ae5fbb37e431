// All findings of a database, briefly, worst first.

import KVMEvents
import Results
import TraceStore

/// What the report counts, groups and picks findings by.
struct FoundList {
  struct Found {
    let id: Int64
    let kind: Finding.Kind
    let certainty: Finding.Certainty
    let event: Int64
    let tsNs: Int64?
    let cache: Int64?
    let task: String?
    let issuer: String?
    let refresh: Int64?
    let isOfCheck: Bool
    let rounds, falseRounds, falseNs: Int64
    let isByRounds, isByTime: Bool
  }

  let found: [Found]

  /// What a filter compares: the invalidations of a task include those for which rounds were repeated falsely.
  private static let columns = ReportFilter.Columns(
    vm: "finding.vm_id", cache: "finding.cache_id", time: "event.ts_ns", tasks: ["task", "issuer"],
    rounds: "finding.kind = 'excessive_retry' AND finding.refresh_id")

  init(_ database: TraceDatabase, _ filter: ReportFilter) throws(TraceStoreError) {
    let condition = filter.condition(Self.columns)
    found = try database.rows(
      """
      SELECT finding.id AS id, finding.kind AS kind, finding.certainty AS certainty, finding.event_id AS event_id,
        event.ts_ns AS ts_ns, finding.cache_id AS cache_id, finding.refresh_id AS refresh_id, finding.check_id AS check_id, task.comm || '-' || task.pid AS task,
        issuer.comm || '-' || issuer.pid AS issuer, round_count, false_count, false_ns,
        coalesce(false_count > retries_max, 0) AS is_by_rounds, coalesce(false_ns > replay.stall_max_ns, 0) AS is_by_time
      FROM (SELECT id, row_number() OVER () AS place FROM finding_report) AS ranked
      JOIN finding ON finding.id = ranked.id
      LEFT JOIN event ON event.id = finding.event_id
      LEFT JOIN task ON task.id = event.task_id
      LEFT JOIN invalidation ON invalidation.id = finding.invalidation_id
      LEFT JOIN task AS issuer ON issuer.id = invalidation.task_id
      LEFT JOIN refresh ON refresh.id = finding.refresh_id
      LEFT JOIN replay
      WHERE \(condition)
      ORDER BY place
      """, filter.task
    ) { (row) throws(TraceStoreError) in
      Found(
        id: row.integer("id"), kind: try row.word("kind"), certainty: try row.word("certainty"),
        event: row.integer("event_id"), tsNs: row.optionalInteger("ts_ns"), cache: row.optionalInteger("cache_id"),
        task: row.optionalText("task"), issuer: row.optionalText("issuer"),
        refresh: row.optionalInteger("refresh_id"), isOfCheck: !row.isNull("check_id"),
        rounds: row.integer("round_count"),
        falseRounds: row.integer("false_count"), falseNs: row.integer("false_ns"),
        isByRounds: row.flag("is_by_rounds"), isByTime: row.flag("is_by_time"))
    }
  }

  /// Excessive refreshes, and their findings.
  var excessive: [Int64: Int64] {
    Dictionary(
      found.compactMap { found in
        if case .excessiveRetry = found.kind { return found.refresh.map { ($0, found.id) } }
        return nil
      }, uniquingKeysWith: { first, _ in first })
  }

  var counts: [Report.FindingCount] {
    found.reduce(into: []) { counts, found in
      if let last = counts.indices.last, counts[last].kind == found.kind, counts[last].certainty == found.certainty {
        counts[last].count += 1
      } else {
        counts.append(Report.FindingCount(kind: found.kind, certainty: found.certainty, count: 1))
      }
    }
  }

  /// The first of each kind and certainty, and of the first groups, so that either can be shown.
  /// - Parameter count: how many; nil: all.
  func ids(ofEach count: Int?, _ groups: [Report.FindingGroup]) -> [Int64] {
    guard let count else { return found.map(\.id) }
    var taken: [String: Int] = [:]
    func take(_ kind: Finding.Kind, _ certainty: Finding.Certainty, _ what: String) -> Bool {
      taken["\(what) \(kind) \(certainty)", default: 0] += 1
      return taken["\(what) \(kind) \(certainty)", default: 0] <= count
    }
    let worst = Set(groups.filter { take($0.kind, $0.certainty, "group") }.compactMap(\.ids.first))
    return found.filter { take($0.kind, $0.certainty, "finding") || worst.contains($0.id) }.map(\.id)
  }

  private struct Key: Hashable {
    let kind: Finding.Kind
    let certainty: Finding.Certainty
    let cache: Int64?
    let isOfCheck: Bool
    let task, issuer: String?
  }

  func groups(_ issuers: Issuers) -> [Report.FindingGroup] {
    var groups: [Report.FindingGroup] = []
    var places: [Key: Int] = [:]
    for found in found {
      let issuer = found.issuer ?? found.refresh.flatMap { issuers.falsely($0) }
      let key = Key(
        kind: found.kind, certainty: found.certainty, cache: found.cache, isOfCheck: found.isOfCheck, task: found.task,
        issuer: issuer)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(
          Report.FindingGroup(
            kind: found.kind, certainty: found.certainty, cache: found.cache, task: found.task, issuer: issuer,
            count: 0,
            ids: [], rounds: 0, falseRounds: 0, falseNs: 0, falseNsMax: 0, byRounds: 0, byTime: 0))
      }
      groups[place].add(found)
    }
    return groups
  }
}

extension Report.FindingGroup {
  fileprivate mutating func add(_ found: FoundList.Found) {
    count += 1
    ids.append(found.id)
    guard case .excessiveRetry = kind else { return }
    rounds.addClamped(found.rounds)
    falseRounds.addClamped(found.falseRounds)
    falseNs.addClamped(found.falseNs)
    falseNsMax = max(falseNsMax, found.falseNs)
    byRounds += found.isByRounds ? 1 : 0
    byTime += found.isByTime ? 1 : 0
  }
}

/// Whose invalidations alone explain the rounds of some refreshes.
struct Issuers {
  private var byRefresh: [Int64: [Report.Issuer]] = [:]

  init(_ tallies: [Int64: [IssuerTally]], in database: TraceDatabase) throws(TraceStoreError) {
    if tallies.isEmpty { return }
    let labels = Dictionary(
      uniqueKeysWithValues: try database.rows("SELECT id, comm || '-' || pid AS task FROM task") {
        ($0.integer("id"), $0.text("task"))
      })
    byRefresh = tallies.mapValues { tallies in
      tallies.map {
        Report.Issuer(
          task: labels[$0.task] ?? "?", rounds: $0.rounds, lostNs: $0.lostNs, falseRounds: $0.falseRounds,
          falseNs: $0.falseNs)
      }
    }
  }

  /// Most time first.
  subscript(refresh: Int64) -> [Report.Issuer] { byRefresh[refresh] ?? [] }

  /// The one with most of the time of rounds that were repeated for a false cause.
  func falsely(_ refresh: Int64) -> String? {
    self[refresh].max { ($0.falseNs, $1.task) < ($1.falseNs, $0.task) }
      .flatMap { $0.falseRounds > 0 ? $0.task : nil }
  }
}
