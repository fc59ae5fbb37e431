// When the searches of a command end, however many there are.

import Synchronization

/// After a time, or when the user interrupts them. What was found until then counts; what follows is cut off.
package final class Deadline: Sendable {
  private let seconds: Int?
  private let end: ContinuousClock.Instant?
  private let isInterrupted: @Sendable () -> Bool
  private let passed = Mutex<Completeness.Bound?>(nil)

  /// - Parameters:
  ///   - seconds: from now; nil: as long as it takes.
  ///   - isInterrupted: asked every few hundred states.
  package init(seconds: Int?, isInterrupted: @escaping @Sendable () -> Bool = { false }) {
    self.seconds = seconds
    end = seconds.map { ContinuousClock.now + .seconds($0) }
    self.isInterrupted = isInterrupted
  }

  /// What searches are cut off by from now on; nil: nothing yet.
  package var bound: Completeness.Bound? {
    passed.withLock { passed in
      if passed == nil { passed = reached }
      return passed
    }
  }

  private var reached: Completeness.Bound? {
    if isInterrupted() { return .interrupt }
    if let end, let seconds, ContinuousClock.now > end { return .time(seconds) }
    return nil
  }
}
