// The table `form_cost`.

import KVMEvents
import Results

package enum FormCostColumn: TableColumn {
  package static let table = "form_cost"

  case id, form, isModelled, refreshCount, failedCount, stuckCount, roundCount, necessaryCount, falseCount
  case widenedCount, undecidedCount, wastedLookupCount, necessaryWaitCount, falseWaitCount, widenedWaitCount, spunNs
  case sleptNs, wakeUpCount, stallMaxNs, latencySumNs, latencyP50Ns, latencyP99Ns, latencyMaxNs, checkCount
  case failedCheckCount, contractCount, staleCount
}

/// The cost of a form, or of the recorded kernel.
struct FormCostRow {
  /// `recorded`, or the form's id.
  let form: String
  let isModelled: Bool
  let costs: FormCosts
}

extension FormCostRow: StoredRow {
  typealias Column = FormCostColumn

  func encode(into row: inout some RowEncoder & ~Copyable, id: Int64?) {
    row.set(Column.id, id)
    row.set(Column.form, form)
    row.set(Column.isModelled, isModelled)
    row.set(Column.refreshCount, costs.refreshCount)
    row.set(Column.failedCount, costs.failedCount)
    row.set(Column.stuckCount, costs.stuckCount)
    row.set(Column.roundCount, costs.roundCount)
    row.set(Column.necessaryCount, costs.retries.necessaryCount)
    row.set(Column.falseCount, costs.retries.falseCount)
    row.set(Column.widenedCount, costs.retries.widenedCount)
    row.set(Column.undecidedCount, costs.retries.undecidedCount)
    row.set(Column.wastedLookupCount, costs.wastedLookupCount)
    row.set(Column.necessaryWaitCount, costs.waits.necessaryCount)
    row.set(Column.falseWaitCount, costs.waits.falseCount)
    row.set(Column.widenedWaitCount, costs.waits.widenedCount)
    row.set(Column.spunNs, costs.spunNs)
    row.set(Column.sleptNs, costs.sleptNs)
    row.set(Column.wakeUpCount, costs.wakeUpCount)
    row.set(Column.stallMaxNs, costs.stallMaxNs)
    row.set(Column.latencySumNs, costs.latency.sumNs)
    row.set(Column.latencyP50Ns, costs.latency.percentile(50))
    row.set(Column.latencyP99Ns, costs.latency.percentile(99))
    row.set(Column.latencyMaxNs, costs.latency.count > 0 ? costs.latency.maxNs : nil)
    row.set(Column.checkCount, costs.checkCount)
    row.set(Column.failedCheckCount, costs.failedCheckCount)
    row.set(Column.contractCount, costs.contractCount)
    row.set(Column.staleCount, costs.staleCount)
  }
}
