// From the replay's states to rows of the database.

import KVMEvents

extension RoundState {
  /// The events of the round, for a finding's proof.
  var proof: [EventID] { [loop, lookup, lookupRet, test].compactMap { $0?.id } }

  func row(
    of refresh: Int64, _ outcome: RetryRound.Outcome, decision: Decision?,
    verdict: RetryEvidence.Verdict? = nil, settled: Moment? = nil
  ) -> RetryRound {
    // A repeated round lasts until the next one's top, the last one until its test.
    let over = if case .retried = outcome { settled } else { test ?? lookupRet }
    return RetryRound(
      refresh: refresh, number: number, loopEvent: loop?.id, lookupEvent: lookup?.id,
      lookupRetEvent: lookupRet?.id, testEvent: test?.id, uhva: uhva, outcome: outcome, decision: decision,
      cause: verdict?.cause, subCause: verdict?.subCause, invalidation: verdict?.invalidation?.id,
      durationNs: (loop ?? lookup).flatMap { begun in over.map { $0.time - begun.time } })
  }
}

extension InvalidationState {
  /// The events of its hooks, for a finding's proof.
  var proof: [EventID] { [start, walk, startRet, end, endRet].compactMap { $0?.id } }
}
