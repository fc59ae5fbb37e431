// A trace.dat of version 6: what tracefs says of a recording, and the pages of its CPUs. trace-cmd.dat.v6(5).

import Glibc

/// The part of a trace.dat before the pages.
package struct TraceDatHead: Sendable {
  /// Bytes of a page of the ring.
  package var pageBytes = 4096
  package var headerPage: [UInt8] = []
  package var headerEvent: [UInt8] = []
  /// The formats of the events that ftrace itself writes, `print` among them.
  package var ftraceFormats: [[UInt8]] = []
  package var systems: [(name: String, formats: [[UInt8]])] = []
  /// The text of `saved_cmdlines`.
  package var comms: [UInt8] = []
  /// The text of `trace_clock`, the one in use in brackets.
  package var clock: [UInt8] = []
  package var uname = ""
  /// The text of each CPU's `stats`.
  package var statistics: [[UInt8]] = []

  package init() {}

  private enum Option: UInt16 {
    case cpuStatistics = 2
    case clock = 4
    case uname = 5
  }

  /// All that precedes the pages, which follow for CPU after CPU.
  /// - Parameter cpuBytes: of the pages of each CPU.
  package func bytes(cpuBytes: [Int64]) -> [UInt8] {
    var out: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing6\0".utf8) + [0, 8]
    out.number(UInt32(pageBytes))
    out += Array("header_page\0".utf8)
    out.block(headerPage)
    out += Array("header_event\0".utf8)
    out.block(headerEvent)
    out.number(UInt32(ftraceFormats.count))
    for format in ftraceFormats { out.block(format) }
    out.number(UInt32(systems.count))
    for system in systems {
      out += Array(system.name.utf8) + [0]
      out.number(UInt32(system.formats.count))
      for format in system.formats { out.block(format) }
    }
    // kallsyms, and the formats of trace_printk(): nothing recorded needs either.
    out.number(UInt32(0))
    out.number(UInt32(0))
    out.block(comms)
    out.number(UInt32(cpuBytes.count))
    out += Array("options  \0".utf8)
    out.option(Option.clock.rawValue, clock + [0])
    if !uname.isEmpty { out.option(Option.uname.rawValue, Array(uname.utf8) + [0]) }
    for (cpu, text) in statistics.enumerated() {
      out.option(Option.cpuStatistics.rawValue, Array("CPU: \(cpu)\n".utf8) + text + [0])
    }
    out.number(UInt16(0))
    out += Array("flyrecord\0".utf8)
    let tableBytes = 16 * cpuBytes.count + 8 + clock.count
    let first = Int64(out.count + tableBytes).roundedUp(to: Int64(pageBytes))
    for (place, bytes) in zip(places(cpuBytes: cpuBytes, from: first), cpuBytes) {
      out.number(UInt64(place))
      out.number(UInt64(bytes))
    }
    out.block(clock)
    out += [UInt8](repeating: 0, count: Int(first) - out.count)
    return out
  }

  /// Where the pages of each CPU begin, the first CPU's at `first`.
  func places(cpuBytes: [Int64], from first: Int64) -> [Int64] {
    var place = first
    return cpuBytes.map { bytes in
      defer { place = (place + bytes).roundedUp(to: Int64(pageBytes)) }
      return place
    }
  }
}

extension Int64 {
  fileprivate func roundedUp(to unit: Int64) -> Int64 { (self + unit - 1) / unit * unit }
}

extension [UInt8] {
  fileprivate mutating func number(_ value: some FixedWidthInteger & UnsignedInteger) {
    append(contentsOf: Swift.withUnsafeBytes(of: value.littleEndian, Array.init))
  }

  /// `u64 size`, and so many bytes.
  fileprivate mutating func block(_ bytes: [UInt8]) {
    number(UInt64(bytes.count))
    append(contentsOf: bytes)
  }

  fileprivate mutating func option(_ id: UInt16, _ data: [UInt8]) {
    number(id)
    number(UInt32(data.count))
    append(contentsOf: data)
  }
}
