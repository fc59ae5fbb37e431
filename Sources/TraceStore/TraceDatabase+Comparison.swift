// What `compare` found: the recorded kernel's figures out of the replay's tables, and those of all forms into their
// own.

import KVMEvents
import Results

extension TraceDatabase {
  /// Adds forms to the comparison that is stored, each in place of its former row: whole, or not at all. The recorded
  /// kernel's row is taken from the replay's tables, without what was excluded. A replay with another form or delta
  /// has removed the comparison that was there, so all rows have the settings of the table `replay`.
  /// - Parameters:
  ///   - order: forms by age; the rows are in this order, others come last.
  ///   - kernelWaits: how much of the recorded kernel's time was its own waits: not in the replay's tables.
  package func addToComparison(
    _ forms: [(id: String, costs: FormCosts)], order: [String], leftOut: [LeftOutWindow], kernelWaits: KernelWaits
  ) throws(TraceStoreError) {
    let signals = HeldSignals()
    defer { signals.release() }
    try connection.execute("BEGIN IMMEDIATE; DELETE FROM left_out_window; DELETE FROM form_cost WHERE is_modelled = 0")
    do {
      try TableWriter(on: connection).write(numbered: leftOut)
      for form in forms { _ = try statement("DELETE FROM form_cost WHERE form = ?1", form.id).step() }
      let free = try connection.integer("SELECT coalesce(max(id), 0) + 1 FROM form_cost")
      let rows: TableWriter<FormCostRow> = try TableWriter(on: connection)
      for (place, form) in forms.enumerated() {
        try rows.write(FormCostRow(form: form.id, isModelled: true, costs: form.costs), id: free + Int64(place))
      }
      try renumberForms(order)
      let recorded = FormCostRow(form: "recorded", isModelled: false, costs: try recordedCosts(kernelWaits))
      try rows.write(recorded, id: 0)
      try connection.commit()
    } catch {
      connection.rollBack()
      throw error
    }
  }

  private func renumberForms(_ order: [String]) throws(TraceStoreError) {
    let stored = try rows("SELECT form FROM form_cost ORDER BY id") { $0.text("form") }
    let known = order.filter { stored.contains($0) }
    // Below 0 first: no two rows have one id meanwhile.
    for (place, form) in (known + stored.filter { !order.contains($0) }).enumerated() {
      _ = try statement("UPDATE form_cost SET id = ?1 WHERE form = ?2", -Int64(place) - 1, form).step()
    }
    try connection.execute("UPDATE form_cost SET id = -id")
  }
}

// The recorded kernel's figures, without what a comparison in the database has left out.
extension TraceDatabase {
  package func recordedCosts(_ kernelWaits: KernelWaits) throws(TraceStoreError) -> FormCosts {
    // With an index: a recording with many losses has as many sections that are left out.
    try connection.execute(
      """
      DROP TABLE IF EXISTS temp.left_out;
      CREATE TEMP TABLE left_out AS SELECT vm_id, first_event_id, last_event_id FROM left_out_window;
      CREATE INDEX temp.left_out_first ON left_out (vm_id, first_event_id, last_event_id);
      """)
    var costs = FormCosts()
    try addRefreshes(&costs)
    try addRounds(&costs)
    try addChecks(&costs)
    costs.add(kernelWaits)
    return costs
  }

  /// Of the subject, an event of a VM, is anything left out? The sections of a VM are disjoint: the last one that
  /// begins before the event decides.
  private static func isLeftOut(_ event: String, of vm: String) -> String {
    """
    coalesce((SELECT last_event_id >= \(event) FROM left_out WHERE vm_id = \(vm) AND first_event_id <= \(event)
      ORDER BY first_event_id DESC LIMIT 1), 0)
    """
  }

  private static let refreshes = """
    FROM refresh WHERE outcome <> 'unfinished' AND vm_id IS NOT NULL
      AND entry_event_id IS NOT NULL AND NOT \(isLeftOut("refresh.entry_event_id", of: "refresh.vm_id"))
    """

  private func addRefreshes(_ costs: inout FormCosts) throws(TraceStoreError) {
    let row = try statement(
      """
      SELECT outcome = 'failed' AS is_failed, round_count, stall_ns, coalesce(lock_wait_ns, 0) + duration_ns AS latency_ns
        \(Self.refreshes)
      """)
    while try row.step() {
      costs.refreshCount += 1
      costs.failedCount += row.integer("is_failed")
      costs.roundCount.addClamped(row.integer("round_count"))
      costs.spunNs.addClamped(row.integer("stall_ns"))
      costs.stallMaxNs = max(costs.stallMaxNs, row.integer("stall_ns"))
      costs.latency.add(row.integer("latency_ns"))
    }
  }

  private func addRounds(_ costs: inout FormCosts) throws(TraceStoreError) {
    let row = try statement(
      """
      SELECT cause, count(*) AS count FROM retry_round
      WHERE outcome = 'retried' AND refresh_id IN (SELECT id \(Self.refreshes)) GROUP BY cause
      """)
    while try row.step() {
      let count = row.integer("count")
      costs.wastedLookupCount += count
      switch row.optionalText("cause").flatMap(RetryRound.Cause.init(rawValue:)) {
      case .necessary: costs.retries.necessaryCount += count
      case .false: costs.retries.falseCount += count
      case .undecided, .unknown, nil: costs.retries.undecidedCount += count
      }
    }
  }

  private func addChecks(_ costs: inout FormCosts) throws(TraceStoreError) {
    let checks = try statement(
      """
      SELECT count(*) AS check_count, coalesce(sum(answer = 0), 0) AS failed_check_count
      FROM cache_check JOIN cache ON cache.id = cache_check.cache_id
      WHERE answer IS NOT NULL AND cache.vm_id IS NOT NULL
        AND NOT \(Self.isLeftOut("cache_check.entry_event_id", of: "cache.vm_id"))
      """)
    if try checks.step() {
      costs.checkCount = checks.integer("check_count")
      costs.failedCheckCount = checks.integer("failed_check_count")
    }
    let findings = try statement(
      """
      SELECT coalesce(sum(kind = 'contract'), 0) AS contract_count,
        coalesce(sum(kind = 'stale' AND certainty = 'certain'), 0) AS stale_count
      FROM finding WHERE vm_id IS NOT NULL AND NOT \(Self.isLeftOut("finding.event_id", of: "finding.vm_id"))
      """)
    if try findings.step() {
      costs.contractCount = findings.integer("contract_count")
      costs.staleCount = findings.integer("stale_count")
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
