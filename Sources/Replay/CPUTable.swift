// What each CPU did last.

/// The last event of a CPU: where a gap on it begins, and the thread that most likely makes its next event.
struct CPUState {
  let last: Moment
  let pid: Int32
  let thread: ThreadState
}

/// An array for the numbers that CPUs have, and a dictionary for those that only a damaged line can have.
struct CPUTable {
  private var near: [CPUState?] = []
  private var far: [Int32: CPUState] = [:]
  /// The most CPUs that Linux can be built for.
  private static let nearMax: Int32 = 8192

  subscript(cpu: Int32) -> CPUState? {
    @inline(__always)
    get { cpu < near.count ? near[Int(cpu)] : far[cpu] }
    @inline(__always)
    set {
      if cpu < near.count { near[Int(cpu)] = newValue } else { grow(to: cpu, newValue) }
    }
  }

  private mutating func grow(to cpu: Int32, _ state: CPUState?) {
    guard cpu < Self.nearMax else {
      far[cpu] = state
      return
    }
    near += Array(repeating: nil, count: Int(cpu) + 1 - near.count)
    near[Int(cpu)] = state
  }
}
