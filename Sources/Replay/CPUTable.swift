// What each CPU did last.

import KVMEvents

/// A CPU of the recording.
final class CPUState {
  /// Its last event: where a gap on it begins. nil: it had none yet.
  var last: Moment?
  /// The thread of that event and its pid: most likely its next event is of the same.
  var thread: ThreadState?
  var pid: Int32 = 0
}

/// An array for the numbers that CPUs have, and a dictionary for those that only a damaged line can have.
struct CPUTable {
  private var near: [CPUState] = []
  private var far: [Int32: CPUState] = [:]
  /// The most CPUs that Linux can be built for.
  private static let nearMax: Int32 = 8192

  subscript(cpu: Int32) -> CPUState {
    @inline(__always)
    mutating get { cpu < near.count ? near[Int(cpu)] : add(cpu) }
  }

  /// The CPUs that had an event.
  var active: [Int32] {
    near.indices.filter { near[$0].last != nil }.map { Int32($0) } + far.keys.filter { far[$0]?.last != nil }.sorted()
  }

  private mutating func add(_ cpu: Int32) -> CPUState {
    if cpu < Self.nearMax {
      while near.count <= cpu { near.append(CPUState()) }
      return near[Int(cpu)]
    }
    let state = far[cpu] ?? CPUState()
    far[cpu] = state
    return state
  }
}
