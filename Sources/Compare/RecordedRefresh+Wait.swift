// Where in a recorded round the recorded kernel waits.

import GPCProtocol
import KVMEvents
import Results

extension RecordedRefresh.Round {
  /// The moments around a wait by that rule; nil: not both are recorded, or the round did not reach it.
  func bounds(of wait: WaitRule) -> (from: Moment, by: Moment)? {
    guard wait.canBeLeft else { return nil }
    let (from, by) = wait.isBehindLookup ? (lookupRet, test) : (loop, lookup ?? test)
    guard let from, let by else { return nil }
    return (from, by)
  }
}

extension RecordedRefresh {
  /// Every wait by that rule lies between two moments of its own.
  func tells(_ wait: WaitRule) -> Bool {
    guard wait.canBeLeft else { return true }
    // The lookup of the last round may have failed: it reached no wait after that.
    let waiting = wait.isBehindLookup && outcome != .mapped ? rounds.dropLast() : rounds[...]
    return waiting.allSatisfy { $0.bounds(of: wait) != nil }
  }

  /// From the first loop's top to the last.
  var stallNs: Int64 {
    guard let first = rounds.first?.loop, let last = rounds.last?.loop else { return 0 }
    return last.time.subtractingClamped(first.time)
  }
}
