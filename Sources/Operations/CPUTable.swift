// What each CPU did last.

import KVMEvents

/// An array for valid CPU numbers, and a dictionary for those that only a damaged line can have.
struct CPUTable {
  /// A CPU of the recording.
  private struct CPUState {
    /// Its last event: where a gap on it begins. nil: it has none yet.
    var last: Moment?
    /// The thread of that event and its pid: its next event is most likely of the same.
    var thread: ThreadNumber?
    var pid: Int32 = 0
  }

  private var near: [CPUState] = []
  private var far: [Int32: CPUState] = [:]
  /// The maximum number of CPUs that Linux can be built for.
  private static let nearMax: Int32 = 8192

  /// The CPU's last event.
  func last(on cpu: Int32) -> Moment? { cpu < near.count ? near[Int(cpu)].last : far[cpu]?.last }

  /// The CPUs that had an event.
  var active: [Int32] {
    near.indices.filter { near[$0].last != nil }.map { Int32($0) } + far.keys.filter { far[$0]?.last != nil }.sorted()
  }

  /// The CPU's last thread, if it has this pid.
  @inline(__always)
  func thread(on cpu: Int32, pid: Int32) -> ThreadNumber? {
    guard cpu < near.count else { return far[cpu].flatMap { $0.pid == pid ? $0.thread : nil } }
    return near[Int(cpu)].pid == pid ? near[Int(cpu)].thread : nil
  }

  @inline(__always)
  mutating func run(_ thread: ThreadNumber, pid: Int32, on cpu: Int32) {
    change(cpu) {
      $0.pid = pid
      $0.thread = thread
    }
  }

  @inline(__always)
  mutating func see(_ moment: Moment) { change(moment.cpu) { $0.last = moment } }

  @inline(__always)
  private mutating func change(_ cpu: Int32, _ body: (inout CPUState) -> Void) {
    guard cpu < Self.nearMax else { return body(&far[cpu, default: CPUState()]) }
    while near.count <= cpu { near.append(CPUState()) }
    body(&near[Int(cpu)])
  }
}
