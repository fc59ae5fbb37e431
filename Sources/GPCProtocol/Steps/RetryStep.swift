// The steps of the retry test.

/// The retry test.
package enum RetryStep: UInt8, CaseIterable, Sendable {
  case flag, count, rangeStart, rangeEnd, seq
  /// v5.17's test under `mmu_lock`.
  case lockMMU, section, sectionSeq, unlockMMURetry, unlockMMUAccept
}
