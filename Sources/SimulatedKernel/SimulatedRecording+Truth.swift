// The truth of a recording as a table, by its lines.

import KVMEvents
import Results

extension SimulatedRecording {
  /// Three tables of tab-separated values, each under a line that names its columns. `-`: not recorded, or none.
  package var truthTable: String {
    let rows =
      [
        "# check\tentry\tret\tvm\tcache\tuhva\tanswer\tin_contract_window_of\tstale"
      ] + run.truth.checks.map(row) + [
        "# round\tloop\tlookup\tlookup_ret\ttest\tdone\tvm\tcache\tuhva\toutcome\tretried_by\tnecessary_for\tstale\terror_pfn"
      ] + run.truth.rounds.map(row) + [
        "# invalidation\tstart\twalk\tstart_ret\tend\tend_kvm\tend_ret\tvm\trange\tevent\tfrees\thits_memslot\town_lookup"
      ] + run.truth.invalidations.map(row)
    return rows.joined(separator: "\n") + "\n"
  }

  private func row(_ check: KnownTruth.Check) -> String {
    columns(
      "check", line(check.entry), line(check.ret), "\(check.vm)", "\(check.cache)", check.uhva.map { hex($0.rawValue) },
      check.answer.map { $0 ? "yes" : "no" }, starts(check.breached), flag(check.isStale))
  }

  private func row(_ round: KnownTruth.Round) -> String {
    let necessary = round.outcome == .retried ? starts(run.truth.overlapping(round)) : nil
    return columns(
      "round", line(round.loop), line(round.lookup), line(round.lookupRet), line(round.test), line(round.done),
      "\(round.vm)", "\(round.cache)", hex(round.uhva.rawValue), round.outcome?.rawValue, round.retriedBy?.rawValue,
      necessary, flag(round.isStale), flag(round.hasErrorPFN))
  }

  private func row(_ invalidation: KnownTruth.Invalidation) -> String {
    columns(
      "invalidation", line(invalidation.start), line(invalidation.walk), line(invalidation.startRet),
      line(invalidation.end), line(invalidation.endKvm), line(invalidation.endRet), "\(invalidation.vm)",
      "\(hex(invalidation.range.start.rawValue))-\(hex(invalidation.range.end.rawValue))", "\(invalidation.mnEvent)",
      flag(invalidation.freesPages), flag(invalidation.hitsMemslot),
      line(invalidation.ownRound.flatMap { run.truth.rounds[$0].lookup }))
  }

  private func columns(_ values: String?...) -> String { values.map { $0 ?? "-" }.joined(separator: "\t") }

  private func line(_ record: RecordNumber?) -> String? { record.flatMap { lines[$0] }.map { "\($0)" } }

  private func flag(_ value: Bool) -> String { value ? "1" : "0" }

  /// The lines of these invalidations' start hooks; `?` for one that is not recorded.
  private func starts(_ numbers: [Int]) -> String? {
    if numbers.isEmpty { return nil }
    return numbers.map { line(run.truth.invalidations[$0].start) ?? "?" }.joined(separator: ",")
  }
}
