// Which probes the recording has.

import KVMEvents

/// The kinds of event met so far.
struct ProbesSeen {
  private var seen: UInt64 = 0

  @inline(__always)
  mutating func see(_ kind: EventKind) { seen |= 1 << UInt64(kind.rawValue) }

  @inline(__always)
  func has(_ kind: EventKind) -> Bool { seen >> UInt64(kind.rawValue) & 1 == 1 }

  /// No verdict: which invalidations there were, when they ended or what they walked is not known.
  var lacksInvalidations: Bool {
    !has(.mnInvalidateRangeStart) || !has(.gpcInvalidateStart) || !has(.mnInvalidateRangeEnd)
  }
}
