// Seeded one-line bugs. Only tests set them; they show that the search finds what it is for.

/// A hook for tests: no published form sets any of these.
package struct ProtocolMutations: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The end hook lowers the count before it bumps the seq.
  package static let countDownBeforeSeqUp = ProtocolMutations(rawValue: 1 << 0)
  /// The start hook walks the caches before it raises the count.
  package static let walkBeforeCountUp = ProtocolMutations(rawValue: 1 << 1)
  /// `valid`, `pfn` and `khva` are stored after `gpc->lock` was dropped.
  package static let storeOutsideLock = ProtocolMutations(rawValue: 1 << 2)
  /// The snapshot is taken after the lookup.
  package static let snapshotAfterLookup = ProtocolMutations(rawValue: 1 << 3)
  /// The start hook does not walk.
  package static let noWalk = ProtocolMutations(rawValue: 1 << 4)
  /// The retry test reads the seq before the count.
  package static let seqBeforeCount = ProtocolMutations(rawValue: 1 << 5)
  /// The retry test comes before `gpc->lock` is taken again.
  package static let testBeforeRelock = ProtocolMutations(rawValue: 1 << 6)
  /// The walk compares `start < uhva` instead of `start <= uhva`.
  package static let walkMissesFirstByte = ProtocolMutations(rawValue: 1 << 7)
  /// The walk keeps the read lock while it takes the write lock.
  package static let walkUpgradesLock = ProtocolMutations(rawValue: 1 << 8)
  /// The path that keeps the mapping forgets to drop `gpc->lock`.
  package static let keptLeavesLock = ProtocolMutations(rawValue: 1 << 9)
  /// Deactivation leaves `valid` and `pfn` as they are.
  package static let deactivateKeepsValid = ProtocolMutations(rawValue: 1 << 10)
  /// The walk stops after its first hit.
  package static let walkStopsAtFirstHit = ProtocolMutations(rawValue: 1 << 11)
  /// The refresh takes the uhva's page for unchanged whatever it was.
  package static let ignoresMovedUHVA = ProtocolMutations(rawValue: 1 << 12)
}
