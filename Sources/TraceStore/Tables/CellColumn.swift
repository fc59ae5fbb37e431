// The table `cell` of corpus.sql.

import Results

package enum CellColumn: TableColumn {
  package static let table = "cell"

  case runID, caseName, form, verdict, expectedVerdict, cpuNs, windowCount, completeCount, truncatedCount, skippedCount
  case contractCount, staleCount, stuckCount, stateCount, refreshCount, failedCount, unendingCount, roundCount
  case necessaryCount, falseCount, widenedCount, necessaryWaitCount, falseWaitCount, widenedWaitCount, spunNs
  case sleptNs, stallMaxNs, latencySumNs, failedCheckCount
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
    row.set(Column.expectedVerdict, cell.expected)
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
