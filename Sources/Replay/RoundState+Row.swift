// From the replay's states to rows of the database.

import KVMEvents
import Operations
import Results

extension RoundState {
  func row(
    of refresh: Int64, _ outcome: RetryRound.Outcome, decision: Decision?, doubt: Doubt?,
    verdict: RetryEvidence.RoundCause? = nil, settled: Moment? = nil
  ) -> RetryRound {
    // A repeated round lasts until the next one's top, the last one until its test.
    let over = if case .retried = outcome { settled } else { testLow }
    return RetryRound(
      refresh: refresh, number: number, loopEvent: loop?.id, lookupEvent: lookup?.id,
      lookupRetEvent: lookupRet?.id, testEvent: test?.id, uhva: uhva, outcome: outcome, decision: decision,
      cause: verdict?.cause, subCause: verdict?.subCause, invalidation: verdict?.invalidation?.id,
      durationNs: (loop ?? lookup).flatMap { begun in over.map { $0.time - begun.time } },
      doubt: doubt, settledEvent: settled?.id)
  }
}

extension RefreshState {
  /// - Parameter cache: the id of its cache.
  func row(cache: Int32, _ judged: JudgedRefresh) -> Refresh {
    Refresh(
      id: id, vm: vm?.id, cache: cache, task: task, origin: origin, outcome: outcome, requestEvent: request?.id,
      entryEvent: entry?.id, returnEvent: returned?.id, ret: ret, roundCount: roundCount,
      necessaryCount: judged.necessaryCount, falseCount: judged.falseCount, undecidedCount: judged.undecidedCount,
      stallNs: stallNs, falseNs: judged.falseNs, lockWaitNs: request.flatMap { r in entry.map { $0.time - r.time } },
      durationNs: entry.flatMap { e in returned.map { $0.time - e.time } })
  }
}
