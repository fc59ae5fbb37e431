// When and where a sample was taken, and by which thread.

struct SampleHead {
  /// nil: it has no stamp, which is possible for events that are not tracepoints.
  let time: UInt64?
  let cpu: UInt32
  /// The thread's group and the thread; -1 if the sample does not have them.
  let pid: Int32
  let tid: Int32

  /// nil: the sample is too short for it. Values that its event omits are nil, 0, or -1.
  @inline(__always) init?(_ sample: PerfRecord, _ attribute: PerfAttribute) {
    let layout = attribute.layout
    var head: (time: UInt64?, cpu: UInt32, pid: Int32, tid: Int32) = (nil, 0, -1, -1)
    if let place = layout.time {
      guard let value = sample.number(at: place, UInt64.self) else { return nil }
      head.time = value
    }
    if let place = layout.cpu {
      guard let value = sample.number(at: place, UInt32.self) else { return nil }
      head.cpu = value
    }
    if let place = layout.tid {
      guard let pid = sample.number(at: place, Int32.self), let tid = sample.number(at: place + 4, Int32.self) else {
        return nil
      }
      (head.pid, head.tid) = (pid, tid)
    }
    (time, cpu, pid, tid) = head
  }

  /// For an issue.
  var place: String { time.map { "CPU \(cpu), time \($0)" } ?? "CPU \(cpu)" }
}
