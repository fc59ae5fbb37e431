// Signals that wait while a database is written to in place.

import Glibc

/// As long as it lives, SIGINT, SIGTERM and SIGHUP wait on this thread: they would leave the journal of a write that is
/// cut short. They end the process once the write is committed or rolled back. Other threads, if there are any, have
/// them blocked.
package final class HeldSignals {
  private var held = sigset_t()
  private var former = sigset_t()

  package init() {
    sigemptyset(&held)
    for number in Self.ending { sigaddset(&held, number) }
    sigprocmask(SIG_BLOCK, &held, &former)
  }

  deinit { release() }

  /// What has come in the meantime ends the process here.
  package func release() { sigprocmask(SIG_SETMASK, &former, nil) }

  /// One has come, which was not blocked before: long work ends, and rolls back what it began.
  package var hasOne: Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return Self.ending.contains { sigismember(&pending, $0) == 1 && sigismember(&former, $0) == 0 }
  }

  /// Those of SIGINT, SIGTERM and SIGHUP that the process does not ignore, as one under nohup does: a signal that is
  /// blocked becomes pending all the same.
  package static var ending: [Int32] {
    [SIGINT, SIGTERM, SIGHUP].filter { number in
      var action = sigaction()
      return sigaction(number, nil, &action) == 0
        && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 1  // SIG_IGN
    }
  }
}
