// Which findings and stalls of a report are asked for.

/// What `--vm`, `--cache`, `--task`, `--from` and `--to` leave.
package struct ReportFilter: Encodable, Equatable, Sendable {
  package var vm: Int64?
  package var cache: Int64?
  /// A comm, a pid, or `comm-pid`.
  package var task: String?
  /// Stamps of the trace clock, inclusive.
  package var fromNs: Int64?
  package var toNs: Int64?

  package init(
    vm: Int64? = nil, cache: Int64? = nil, task: String? = nil, fromNs: Int64? = nil, toNs: Int64? = nil
  ) {
    self.vm = vm
    self.cache = cache
    self.task = task
    self.fromNs = fromNs
    self.toNs = toNs
  }

  /// The columns of a SELECT that it compares.
  struct Columns {
    let vm, cache, time: String
    /// `task` rows.
    let tasks: [String]
    /// Of what lasts from `time` on: its end; nil: a moment.
    var end: String?
    /// A refresh whose falsely repeated rounds count for the tasks that caused them.
    var rounds: String?
  }

  /// SQL for a WHERE clause, with the task as parameter 1.
  func condition(_ columns: Columns) -> String {
    var parts: [String] = []
    if let vm { parts.append("\(columns.vm) = \(vm)") }
    if let cache { parts.append("\(columns.cache) = \(cache)") }
    if let fromNs { parts.append("\(columns.end ?? columns.time) >= \(fromNs)") }
    if let toNs { parts.append("\(columns.time) <= \(toNs)") }
    let names = columns.tasks.map {
      "?1 IN (\($0).comm, CAST(\($0).pid AS TEXT), \($0).comm || '-' || \($0).pid)"
    }
    let caused = columns.rounds.map {
      """
      \($0) IN (SELECT refresh_id FROM retry_round JOIN invalidation AS cause ON cause.id = invalidation_id
        JOIN task AS causer ON causer.id = cause.task_id
        WHERE retry_round.cause = 'false'
          AND ?1 IN (causer.comm, CAST(causer.pid AS TEXT), causer.comm || '-' || causer.pid))
      """
    }
    let all = ["?1 IS NULL"] + names + [caused].compactMap(\.self)
    parts.append("(" + all.joined(separator: " OR ") + ")")
    return parts.joined(separator: " AND ")
  }

  /// What is asked for, in words.
  func words(_ stamp: (Int64) -> String) -> String {
    var parts: [String] = []
    if let vm { parts.append("VM \(vm)") }
    if let cache { parts.append("cache \(cache)") }
    if let task { parts.append("task \(task)") }
    let time = [fromNs.map { "from \(stamp($0))" }, toNs.map { "to \(stamp($0))" }].compactMap(\.self)
    if !time.isEmpty { parts.append(time.joined(separator: " ")) }
    return parts.joined(separator: ", ")
  }
}
