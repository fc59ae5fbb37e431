// What the replay can say of one decision of the recorded kernel.

import KVMEvents

/// A recorded decision (a retry test, a check's answer) compared with the replay.
package enum Decision: String, CaseIterable, Sendable {
  /// Every order the recording allows gives the answer the kernel gave.
  case agrees
  /// Every order the recording allows gives the other answer: a divergence.
  case disagrees
  /// Both answers are possible within the intervals.
  case open
  /// Lost events, a missing probe or a missing beginning: no verdict.
  case unknown
}
