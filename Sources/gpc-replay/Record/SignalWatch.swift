// Signals that are waited for, in place of handlers.

import Glibc

/// A set of signals that stay pending until they are read.
struct SignalWatch {
  private var set = sigset_t()

  init(_ signals: [Int32]) {
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
  }

  func block() {
    var set = set
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  func unblock() {
    var set = set
    sigprocmask(SIG_UNBLOCK, &set, nil)
  }

  /// Ends the process by a signal that was taken from it, and with it what is under construction (`UnfinishedName`).
  func deliver(_ number: Int32) {
    raise(number)
    unblock()
  }

  /// The next signal; nil: none came in that time.
  func wait(milliseconds: Int) -> Int32? {
    var set = set
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    let signal = sigtimedwait(&set, nil, &time)
    return signal > 0 ? signal : nil
  }
}
