// Losses in a trace.dat's CPUSTAT options that are in no page: events that a CPU dropped, at an unknown position.

/// The text of tracefs's `per_cpu/cpuN/stats`, as of the end of the recording.
///
/// `overrun` is not used: the pages report where events were overwritten. Events that found no room in a buffer that is
/// not overwritten (`dropped events`), or were aborted while being written (`commit overrun`), are reported nowhere
/// else.
struct CPUStatistics {
  let cpu: Int32
  let dropped: UInt64

  /// nil: of no CPU, as the line `Buffer: NAME` before an instance's.
  init?(_ text: [UInt8]) {
    var cpu: Int32?
    var dropped: UInt64 = 0
    for line in text.split(separator: UInt8(ascii: "\n")) {
      if let number = Self.number(line, behind: "CPU: ") { cpu = Int32(exactly: number) }
      for name in ["commit overrun: ", "dropped events: "] {
        guard let number = Self.number(line, behind: name) else { continue }
        let (sum, overflow) = dropped.addingReportingOverflow(number)
        dropped = overflow ? .max : sum
      }
    }
    guard let cpu, cpu < cpusMax else { return nil }
    self.cpu = cpu
    self.dropped = dropped
  }

  private static func number(_ line: ArraySlice<UInt8>, behind name: String) -> UInt64? {
    guard line.starts(with: name.utf8) else { return nil }
    let digits = line.dropFirst(name.utf8.count).prefix { $0.isDigit }
    // More than 64 bits hold was dropped nevertheless.
    return digits.isEmpty ? nil : UInt64(String(decoding: digits, as: UTF8.self)) ?? .max
  }
}
