// The retry test: the one place where step 7 of the retry loop is decided, for replay and exploration alike.

extension ProtocolForm {
  /// Must the round be repeated, given what its retry test read?
  package func mustRetry(_ observation: RetryObservation) -> Bool { rules.retry.mustRetry(observation) }
}

extension RetryRule {
  /// The conditions are joined by `||`, as in `mmu_notifier_retry_cache()`: a reader may stop at the first that holds.
  package func mustRetry(_ observation: RetryObservation) -> Bool {
    if readsFlag && !observation.needsInvalidation { return true }
    switch inFlight {
    case .unread: break
    case .count: if observation.invalidationsActive { return true }
    case .pending, .pendingUnderLock: if observation.pendingCoversUHVA { return true }
    case .sectionOverlap: if observation.pendingCoversUHVA { return true }
    }
    return readsSeq && observation.seqMoved
  }
}
