// What the retry test (step 7) reads. The conditions are joined by `||` in this order.

package struct RetryRule: Hashable, Sendable {
  package enum InFlight: String, Hashable, CaseIterable, Sendable {
    case unread
    /// `mn_active_invalidate_count != 0`, wherever the range lies.
    case count
    /// The count is not 0 and the kvm's range covers the uhva, each field read bare.
    case pending
    /// The same under `mn_invalidate_lock`, in one section.
    case pendingUnderLock = "pending-under-lock"
    /// Under `mmu_lock`: an invalidation that overlaps the uhva is between its `mmu_lock` sections.
    case sectionOverlap = "section-overlap"
  }

  /// Retry if `needs_invalidation` is false.
  package var readsFlag = false
  package var inFlight = InFlight.count
  /// Retry if `mmu_invalidate_seq` differs from the snapshot.
  package var readsSeq = true

  package init(readsFlag: Bool = false, inFlight: InFlight = .count, readsSeq: Bool = true) {
    self.readsFlag = readsFlag
    self.inFlight = inFlight
    self.readsSeq = readsSeq
  }

  /// Retry while some invalidation is in flight.
  package var readsCount: Bool { inFlight == .count || inFlight == .pending || inFlight == .pendingUnderLock }

  /// The count, and after it the seq, are read locklessly.
  var readsBoth: Bool { readsSeq && (inFlight == .count || inFlight == .pending) }

  /// Retry if the flag is false, and for no other reason.
  package static let flagOnly = RetryRule(readsFlag: true, inFlight: .unread, readsSeq: false)
}
