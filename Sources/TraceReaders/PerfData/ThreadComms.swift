// Which comm a thread has when: PERF_RECORD_COMM and PERF_RECORD_FORK, as `perf script` uses them.

struct ThreadComms {
  private var comms: [Int32: CommKey] = [:]

  /// As `perf script` prints it: a thread without a known comm is `:TID`.
  func key(tid: Int32) -> CommKey {
    comms[tid] ?? Self.key(Array((tid == 0 ? "swapper" : ":\(tid)").utf8))
  }

  mutating func readComm(_ record: PerfRecord) {
    guard let tid = record.number(at: 12, Int32.self) else { return }
    comms[tid] = Self.key(record.string(at: 16))
  }

  /// A new thread has its parent's comm; an earlier one with the same number is gone.
  mutating func readFork(_ record: PerfRecord) {
    guard let tid = record.number(at: 16, Int32.self), let parent = record.number(at: 20, Int32.self) else { return }
    comms[tid] = parent == 0 ? key(tid: 0) : comms[parent]
  }

  /// The kernel's comms have 15 bytes at most.
  private static func key(_ comm: [UInt8]) -> CommKey {
    guard let key = comm.prefix(CommKey.width - 1).withUnsafeBytes({ CommKey($0) }) else {
      preconditionFailure("a comm's column holds \(CommKey.width) bytes")
    }
    return key
  }
}
