// `saved_cmdlines`: which comm a pid had when the recording ended. The records themselves carry pids only.

struct SavedComms {
  private var comms: [Int32: [UInt8]] = [:]

  init() {}

  /// `PID COMM` per line. A line without a pid continues the previous comm, which held a newline.
  init(_ text: [UInt8]) {
    var last: Int32?
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let digits = line.prefix(while: \.isDigit)
      if let pid = Self.pid(digits), line.count > digits.count, line[digits.endIndex] == UInt8(ascii: " ") {
        comms[pid] = Array(line[digits.endIndex...].drop { $0 == UInt8(ascii: " ") })
        last = pid
      } else if let last, !line.isEmpty {
        comms[last, default: []] += [UInt8(ascii: "\n")] + line
      }
    }
  }

  private static func pid(_ digits: ArraySlice<UInt8>) -> Int32? {
    guard !digits.isEmpty, digits.count <= 10 else { return nil }
    return Int32(exactly: digits.reduce(Int64(0)) { $0 * 10 + Int64($1 & 0x0f) })
  }

  func holds(_ pid: Int32) -> Bool { pid == 0 || comms[pid] != nil }

  /// As `trace-cmd report` prints it: pid 0 is the idle task, and a pid that is not in the list is `<...>`. At most as
  /// long as a comm's column.
  func comm(pid: Int32) -> ArraySlice<UInt8> {
    (pid == 0 ? Array("<idle>".utf8) : comms[pid] ?? Array("<...>".utf8)).prefix(CommKey.width)
  }

  func key(pid: Int32) -> CommKey {
    guard let key = comm(pid: pid).withUnsafeBytes({ CommKey($0) }) else {
      preconditionFailure("a comm's column holds \(CommKey.width) bytes")
    }
    return key
  }
}
