// Which probes the recording has.

import KVMEvents

/// The kinds of event seen so far.
package struct ProbesSeen {
  private var seen: UInt64 = 0

  @inline(__always)
  mutating func see(_ kind: EventKind) { seen |= 1 << UInt64(kind.rawValue) }

  @inline(__always)
  package func has(_ kind: EventKind) -> Bool { seen >> UInt64(kind.rawValue) & 1 == 1 }
}
