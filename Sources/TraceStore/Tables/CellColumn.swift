// The table `cell` of corpus.sql.

import Results

package enum CellColumn: String, TableColumn {
  package static let table = "cell"

  case runID = "run_id"
  case caseName = "case_name"
  case form, verdict, expected
  case cpuNs = "cpu_ns"
  case windowCount = "window_count"
  case completeCount = "complete_count"
  case truncatedCount = "truncated_count"
  case skippedCount = "skipped_count"
  case contractCount = "contract_count"
  case staleCount = "stale_count"
  case stuckCount = "stuck_count"
  case stateCount = "state_count"
  case refreshCount = "refresh_count"
  case failedCount = "failed_count"
  case unendingCount = "unending_count"
  case roundCount = "round_count"
  case necessaryCount = "necessary_count"
  case falseCount = "false_count"
  case widenedCount = "widened_count"
  case necessaryWaitCount = "necessary_wait_count"
  case falseWaitCount = "false_wait_count"
  case widenedWaitCount = "widened_wait_count"
  case spunNs = "spun_ns"
  case sleptNs = "slept_ns"
  case stallMaxNs = "stall_max_ns"
  case latencySumNs = "latency_sum_ns"
  case failedCheckCount = "failed_check_count"
}

/// A form over a case.
struct CellOfCase: StoredRow {
  typealias Column = CellColumn

  let caseName: String
  let cell: CorpusCellRow

  /// - Parameter id: of the run.
  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    let search = cell.exploration
    let costs = cell.costs
    row.set(Column.runID, id)
    row.set(Column.caseName, caseName)
    row.set(Column.form, cell.form)
    row.set(Column.verdict, cell.verdict)
    row.set(Column.expected, cell.expected)
    row.set(Column.cpuNs, cell.cpuNs)
    row.set(Column.windowCount, search?.windowCount ?? 0)
    row.set(Column.completeCount, search?.completeCount ?? 0)
    row.set(Column.truncatedCount, search?.truncatedCount ?? 0)
    row.set(Column.skippedCount, search?.skippedCount ?? 0)
    row.set(Column.contractCount, search?.contractCount ?? 0)
    row.set(Column.staleCount, search?.staleCount ?? 0)
    row.set(Column.stuckCount, search?.stuckCount ?? 0)
    row.set(Column.stateCount, search?.stateCount ?? 0)
    row.set(Column.refreshCount, costs.refreshCount)
    row.set(Column.failedCount, costs.failedCount)
    row.set(Column.unendingCount, costs.stuckCount)
    row.set(Column.roundCount, costs.roundCount)
    row.set(Column.necessaryCount, costs.retries.necessaryCount)
    row.set(Column.falseCount, costs.retries.falseCount)
    row.set(Column.widenedCount, costs.retries.widenedCount)
    row.set(Column.necessaryWaitCount, costs.waits.necessaryCount)
    row.set(Column.falseWaitCount, costs.waits.falseCount)
    row.set(Column.widenedWaitCount, costs.waits.widenedCount)
    row.set(Column.spunNs, costs.spunNs)
    row.set(Column.sleptNs, costs.sleptNs)
    row.set(Column.stallMaxNs, costs.stallMaxNs)
    row.set(Column.latencySumNs, costs.latency.sumNs)
    row.set(Column.failedCheckCount, costs.failedCheckCount)
  }
}
