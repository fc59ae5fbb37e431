// How far the kvm's covering range can have reached, in the forms that keep one.

import KVMEvents
import Operations

/// A VM's times with an invalidation in flight, one after the other: in each the range only grows.
struct BusyPeriods {
  private struct Period {
    let first: Int64
    /// Of all that began in it; at least as wide as the range at any moment of it.
    var hull: HVARange
    /// What the range was left at before it: what a lockless reader sees until the first one has stored its own.
    let before: HVARange?
    /// No unrecorded invalidation can have been in it.
    var isWhole: Bool
  }

  private var periods: [Period] = []
  private var openCount = 0
  /// When the last one was down.
  private var downBy = Int64.min

  /// No test looks back further.
  private static let periodsMax = 64

  mutating func begin(_ invalidation: InvalidationState, deltaNs: Int64) {
    openCount += 1
    let isWhole = !invalidation.vm.mayHideInvalidations
    // It may not be known when the last one was down.
    let isNew =
      openCount == 1 && downBy < .max - deltaNs && invalidation.start.map { downBy + deltaNs < $0.time } ?? false
    if !isNew, let last = periods.indices.last {
      periods[last].hull = periods[last].hull.hull(invalidation.range)
      if !isWhole { periods[last].isWhole = false }
      return
    }
    if periods.count == Self.periodsMax { periods.removeFirst(Self.periodsMax / 2) }
    periods.append(
      Period(first: invalidation.id, hull: invalidation.range, before: periods.last?.hull, isWhole: isWhole))
  }

  mutating func close(_ invalidation: InvalidationState) {
    openCount -= 1
    downBy = max(downBy, (invalidation.endRet ?? invalidation.overBy)?.time ?? .max)
  }

  /// Events were dropped.
  mutating func doubt() {
    if let last = periods.indices.last { periods[last].isWhole = false }
  }

  /// Can the range cover the page while this one is in flight?
  /// - Parameter isStored: its own range is certainly in it.
  func canCover(_ page: UHVA, during invalidation: InvalidationState, isStored: Bool) -> Bool {
    guard let period = periods.last(where: { $0.first <= invalidation.id }) else { return true }
    if !period.isWhole || period.hull.contains(page) { return true }
    return !isStored && period.first == invalidation.id && (period.before?.contains(page) ?? false)
  }
}
