// The one range of the kvm that covers all invalidations in flight.

/// `kvm->mmu_gpc_invalidate_range_start/end`: set by the invalidation that takes the count from 0 to 1, widened by the
/// others.
package enum RangeRule: String, Hashable, CaseIterable, Sendable {
  /// No such field (mainline).
  case none
  /// Written together with the count; back to the error value when the count falls to 0.
  case resetAtZero = "reset-at-zero"
  /// Written together with the count; never reset.
  case kept
  /// Written at the head of the walk, before the caches are visited; never reset, read bare.
  case keptAtWalk = "kept-at-walk"

  /// One step with the count, under its lock.
  var isWithCount: Bool { self == .resetAtZero || self == .kept }
}
