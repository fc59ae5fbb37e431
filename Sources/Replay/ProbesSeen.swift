// Which probes the recording has.

import KVMEvents

/// The kinds of event met so far.
struct ProbesSeen {
  private var seen: UInt64 = 0

  @inline(__always)
  mutating func see(_ kind: EventKind) { seen |= 1 << UInt64(kind.rawValue) }

  @inline(__always)
  func has(_ kind: EventKind) -> Bool { seen >> UInt64(kind.rawValue) & 1 == 1 }

  /// Something shows that there were invalidations: a recorded count, a repeated round.
  var showsInvalidations = false

  /// No verdict: there were invalidations, and which, when they ended or what they walked is not recorded.
  var lacksInvalidations: Bool {
    let hooks: [EventKind] = [.mnInvalidateRangeStart, .gpcInvalidateStart, .mnInvalidateRangeEnd]
    return (showsInvalidations || has(.kvmUnmapHvaRange) || hooks.contains(where: has)) && !hooks.allSatisfy(has)
  }
}
