// What `compare` found: the recorded kernel's figures out of the replay's tables, and those of all forms into their
// own.

import KVMEvents

extension TraceDatabase {
  /// Puts a comparison in place of the former one: whole, or not at all. The recorded kernel's row is taken from the
  /// replay's tables, without what was left out.
  /// - Parameter kernelWaits: what of the recorded kernel's time was its own waits: the replay's tables do not tell.
  package func replaceComparison(
    _ forms: [(id: String, costs: FormCosts)], leftOut: [LeftOutWindow], kernelWaits: KernelWaits
  ) throws(TraceStoreError) {
    try connection.leaveWriteAheadLog()
    try connection.execute("BEGIN IMMEDIATE; DELETE FROM form_cost; DELETE FROM left_out_window")
    do {
      try write(leftOut)
      let statement = try connection.prepare(insert("form_cost", columns: 27))
      try write(0, "recorded", try recordedCosts(kernelWaits), isModelled: false, statement)
      for (index, form) in forms.enumerated() {
        try write(Int64(index + 1), form.id, form.costs, isModelled: true, statement)
      }
      try connection.execute("COMMIT")
    } catch {
      connection.rollBack()
      throw error
    }
  }

  private func write(_ leftOut: [LeftOutWindow]) throws(TraceStoreError) {
    let statement = try connection.prepare(insert("left_out_window", columns: 6))
    for window in leftOut {
      statement.bindNull(1)
      statement.bind(2, Int64(window.vm))
      statement.bind(3, window.firstEvent)
      statement.bind(4, window.lastEvent)
      statement.bind(5, window.doubt.rawValue)
      statement.bind(6, window.windowCount)
      try statement.run()
    }
  }

  private func write(
    _ id: Int64, _ form: String, _ costs: FormCosts, isModelled: Bool, _ statement: Statement
  ) throws(TraceStoreError) {
    statement.bind(1, id)
    statement.bind(2, form)
    let figures: [Int64?] = [
      isModelled ? 1 : 0, costs.refreshCount, costs.failedCount, costs.stuckCount, costs.roundCount,
      costs.retries.necessaryCount, costs.retries.falseCount, costs.retries.widenedCount, costs.retries.undecidedCount,
      costs.wastedLookupCount, costs.waits.necessaryCount, costs.waits.falseCount, costs.waits.widenedCount,
      costs.spunNs, costs.sleptNs, costs.wakeUpCount, costs.stallMaxNs, costs.latency.sumNs,
      costs.latency.percentile(50), costs.latency.percentile(99), costs.latency.count > 0 ? costs.latency.maxNs : nil,
      costs.checkCount, costs.failedCheckCount, costs.contractCount, costs.staleCount,
    ]
    for (index, figure) in figures.enumerated() { statement.bind(Int32(index + 3), figure) }
    try statement.run()
  }
}

// The recorded kernel's figures, without what a comparison in the database has left out.
extension TraceDatabase {
  package func recordedCosts(_ kernelWaits: KernelWaits) throws(TraceStoreError) -> FormCosts {
    var costs = FormCosts()
    try addRefreshes(&costs)
    try addRounds(&costs)
    try addChecks(&costs)
    costs.add(kernelWaits)
    return costs
  }

  /// Of the subject, an event of a VM, is anything left out?
  private static func isLeftOut(_ event: String, of vm: String) -> String {
    "EXISTS (SELECT 1 FROM left_out_window WHERE vm_id = \(vm) AND \(event) BETWEEN first_event_id AND last_event_id)"
  }

  private static let refreshes = """
    FROM refresh WHERE outcome <> 'unfinished' AND vm_id IS NOT NULL
      AND entry_event_id IS NOT NULL AND NOT \(isLeftOut("refresh.entry_event_id", of: "refresh.vm_id"))
    """

  private func addRefreshes(_ costs: inout FormCosts) throws(TraceStoreError) {
    let row = try statement(
      """
      SELECT outcome = 'failed', round_count, stall_ns, coalesce(lock_wait_ns, 0) + duration_ns \(Self.refreshes)
      """)
    while try row.step() {
      costs.refreshCount += 1
      costs.failedCount += row.integer(0)
      costs.roundCount.addClamped(row.integer(1))
      costs.spunNs.addClamped(row.integer(2))
      costs.stallMaxNs = max(costs.stallMaxNs, row.integer(2))
      costs.latency.add(row.integer(3))
    }
  }

  private func addRounds(_ costs: inout FormCosts) throws(TraceStoreError) {
    let row = try statement(
      """
      SELECT cause, count(*) FROM retry_round
      WHERE outcome = 'retried' AND refresh_id IN (SELECT id \(Self.refreshes)) GROUP BY cause
      """)
    while try row.step() {
      let count = row.integer(1)
      costs.wastedLookupCount += count
      switch row.optionalText(0).flatMap(RetryRound.Cause.init(rawValue:)) {
      case .necessary: costs.retries.necessaryCount += count
      case .false: costs.retries.falseCount += count
      case .undecided, .unknown, nil: costs.retries.undecidedCount += count
      }
    }
  }

  private func addChecks(_ costs: inout FormCosts) throws(TraceStoreError) {
    let checks = try statement(
      """
      SELECT count(*), coalesce(sum(answer = 0), 0)
      FROM cache_check JOIN cache ON cache.id = cache_check.cache_id
      WHERE answer IS NOT NULL AND cache.vm_id IS NOT NULL
        AND NOT \(Self.isLeftOut("cache_check.entry_event_id", of: "cache.vm_id"))
      """)
    if try checks.step() {
      costs.checkCount = checks.integer(0)
      costs.failedCheckCount = checks.integer(1)
    }
    let findings = try statement(
      """
      SELECT coalesce(sum(kind = 'contract'), 0), coalesce(sum(kind = 'stale' AND certainty = 'certain'), 0)
      FROM finding WHERE vm_id IS NOT NULL AND NOT \(Self.isLeftOut("finding.event_id", of: "finding.vm_id"))
      """)
    if try findings.step() {
      costs.contractCount = findings.integer(0)
      costs.staleCount = findings.integer(1)
    }
  }
}

extension FormCosts {
  /// The time from a refresh's first loop's top to its last holds the waits of its repeated rounds.
  fileprivate mutating func add(_ kernelWaits: KernelWaits) {
    waits = kernelWaits.byCause
    spunNs = spunNs.subtractingClamped(kernelWaits.inRepeatedRoundsNs)
    if kernelWaits.areAsleep {
      sleptNs = kernelWaits.ns
      wakeUpCount = kernelWaits.byCause.count
    } else {
      spunNs.addClamped(kernelWaits.ns)
    }
    stallMaxNs = max(stallMaxNs, kernelWaits.stallMaxNs)
  }
}
