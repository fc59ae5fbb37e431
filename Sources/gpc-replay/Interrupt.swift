// A user's interrupt, for work that keeps what is done.

import Glibc
import Synchronization
import TraceStore

/// Takes the first SIGINT, SIGTERM or SIGHUP, which asks the work to end; what was done is printed and stored, then the
/// signal ends the process. A second one ends it at once.
final class Interrupt: Sendable {
  private let watch = SignalWatch(HeldSignals.ending)
  private let taken = Mutex<Int32?>(nil)

  init() { watch.block() }

  /// Has it come?
  var isRequested: Bool {
    taken.withLock { taken in
      if taken == nil, let signal = watch.wait(milliseconds: 0) {
        taken = signal
        watch.unblock()
      }
      return taken != nil
    }
  }

  /// What was done is out: ends the process if it was to end.
  func deliver() {
    if isRequested, let signal = taken.withLock({ $0 }) { watch.deliver(signal) }
  }
}
