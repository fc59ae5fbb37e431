// What one form cost, added up; the figures of `compare`.

import KVMEvents

/// The figures of one form, or of the recorded kernel.
package struct FormCosts: Sendable, Equatable {
  /// The cause of a wait or a repetition.
  package struct ByCause: Sendable, Equatable {
    /// An overlapping invalidation.
    package var necessaryCount: Int64 = 0
    /// None overlapped.
    package var falseCount: Int64 = 0
    /// None overlapped, only the covering range of several.
    package var widenedCount: Int64 = 0
    /// The recording leaves it open; never in a model.
    package var undecidedCount: Int64 = 0

    package init() {}

    package enum Cause: Sendable {
      case necessary, `false`, widened
    }

    package mutating func count(_ cause: Cause) {
      switch cause {
      case .necessary: necessaryCount += 1
      case .false: falseCount += 1
      case .widened: widenedCount += 1
      }
    }

    package mutating func add(_ other: ByCause) {
      necessaryCount += other.necessaryCount
      falseCount += other.falseCount
      widenedCount += other.widenedCount
      undecidedCount += other.undecidedCount
    }

    package var count: Int64 { necessaryCount + falseCount + widenedCount + undecidedCount }
  }

  package var refreshCount: Int64 = 0
  package var failedCount: Int64 = 0
  package var roundCount: Int64 = 0
  package var retries = ByCause()
  /// Lookups of rounds that were repeated.
  package var wastedLookupCount: Int64 = 0
  /// Waits of the form's own, busy or asleep.
  package var waits = ByCause()
  /// Time in repeated rounds and in busy-waits.
  package var spunNs: Int64 = 0
  package var sleptNs: Int64 = 0
  package var wakeUpCount: Int64 = 0
  /// The most that one refresh lost to retries and waits.
  package var stallMaxNs: Int64 = 0
  /// Request to return, of the refreshes that return.
  package var latency = LatencyHistogram()
  package var checkCount: Int64 = 0
  package var failedCheckCount: Int64 = 0
  /// Checks that said yes inside a contract window.
  package var contractCount: Int64 = 0
  /// Mappings that were used, or accepted, over a page that was freed.
  package var staleCount: Int64 = 0
  /// Refreshes that would never have returned.
  package var stuckCount: Int64 = 0

  package init() {}

  /// The same form in another VM.
  package mutating func add(_ other: FormCosts) {
    refreshCount += other.refreshCount
    failedCount += other.failedCount
    roundCount += other.roundCount
    retries.add(other.retries)
    wastedLookupCount += other.wastedLookupCount
    waits.add(other.waits)
    spunNs.addClamped(other.spunNs)
    sleptNs.addClamped(other.sleptNs)
    wakeUpCount += other.wakeUpCount
    stallMaxNs = max(stallMaxNs, other.stallMaxNs)
    latency.add(other.latency)
    checkCount += other.checkCount
    failedCheckCount += other.failedCheckCount
    contractCount += other.contractCount
    staleCount += other.staleCount
    stuckCount += other.stuckCount
  }
}
