// The options of a trace.dat: the offsets of its parts, its buffers, its clock, the correction of its time stamps.

import KVMEvents

struct TraceDatOptions {
  /// Offsets of version 7's sections.
  private(set) var sections: [Section: Int64] = [:]
  private(set) var buffers: [BufferEntry] = []
  /// The clock that `trace_clock` has in brackets.
  private(set) var clock = ""
  private(set) var hasClock = false
  private(set) var correction = TimestampCorrection()
  /// Of the recording machine.
  private(set) var kernelRelease: KernelRelease?
  /// CPUs of the machine: version 6 has a list of that length.
  private(set) var cpuCount: UInt32?
  private(set) var hasLatencyText = false
  /// By CPU, over all buffers: events that were dropped at an unknown position.
  private(set) var dropped: [Int32: UInt64] = [:]

  enum Section: UInt16 {
    case layout = 16
    case ftraceFormats = 17
    case eventFormats = 18
    case comms = 21
  }

  /// A BUFFER option: version 6 only has the offset of a list of CPUs, and for instances only.
  struct BufferEntry {
    let offset: UInt64
    let name: String
    var clock = ""
    var pageBytes: UInt32 = 0
    var cpus: [DatBuffer.CPU] = []
  }

  /// More than any option needs: a BUFFER of 8,192 CPUs, the memory maps of many processes.
  static let optionMax: UInt32 = 1 << 24

  /// Reads one option. DONE (0) is left to the caller.
  mutating func read(_ id: UInt16, _ data: [UInt8], isBigEndian: Bool, version: Int) throws(TraceReadError) {
    var cursor = RecordCursor(data, isBigEndian: isBigEndian, part: .options)
    switch id {
    case 1: correction.offsetNs &+= Self.number(data) &* 1000
    case 2:
      guard let statistics = CPUStatistics(data), statistics.dropped > 0 else { return }
      let (sum, overflow) = dropped[statistics.cpu, default: 0].addingReportingOverflow(statistics.dropped)
      dropped[statistics.cpu] = overflow ? .max : sum
    case 3: buffers.append(try Self.buffer(&cursor, version: version))
    case 4:
      hasClock = true
      if clock.isEmpty { clock = Self.bracketed(data) }
    case 5: kernelRelease = KernelRelease(uname: data)
    case 7: correction.offsetNs &+= Self.number(data)
    case 8: cpuCount = try cursor.number(UInt32.self)
    case 12: try readTimeShift(&cursor)
    case 14: try readCycles(&cursor)
    case 22: hasLatencyText = true
    case let other:
      if version == 7, let section = Section(rawValue: other) {
        sections[section] = Int64(bitPattern: try cursor.number(UInt64.self))
      }
    }
  }

  private mutating func readTimeShift(_ cursor: inout RecordCursor) throws(TraceReadError) {
    try cursor.skip(8)
    let shift = try TimestampCorrection(timeShift: &cursor)
    correction.shifts = shift.shifts
    correction.interpolates = shift.interpolates
  }

  private mutating func readCycles(_ cursor: inout RecordCursor) throws(TraceReadError) {
    let cycles = TimestampCorrection.Cycles(
      multiplier: try cursor.number(UInt32.self), shift: try cursor.number(UInt32.self))
    guard cycles.shift < 64 else { throw .part(.odd(.options)) }
    if cycles.multiplier != 0 { correction.cycles = cycles }
  }

  private static func buffer(_ cursor: inout RecordCursor, version: Int) throws(TraceReadError) -> BufferEntry {
    var entry = BufferEntry(offset: try cursor.number(UInt64.self), name: try cursor.string())
    if version == 6 { return entry }
    entry.clock = try cursor.string()
    entry.pageBytes = try cursor.number(UInt32.self)
    let count = try cursor.number(UInt32.self)
    guard count <= cpusMax else { throw .part(.odd(.buffer)) }
    cursor.part = .buffer
    for _ in 0..<count {
      let number = try cursor.number(UInt32.self)
      guard number <= Int32.max else { throw .part(.odd(.buffer)) }
      entry.cpus.append(
        DatBuffer.CPU(
          number: Int32(number), offset: try cursor.number(UInt64.self), bytes: try cursor.number(UInt64.self)))
    }
    return entry
  }

  /// `local [mono] boot`: the clock in use. Empty if none is in brackets.
  static func bracketed(_ text: [UInt8]) -> String {
    guard let open = text.firstIndex(of: UInt8(ascii: "[")),
      let close = text[open...].firstIndex(of: UInt8(ascii: "]"))
    else { return "" }
    return String(decoding: text[(open + 1)..<close], as: UTF8.self)
  }

  /// As C's `strtoll` reads it: a sign, `0x` and hex digits, or decimal ones; up to a NUL or a non-digit.
  static func number(_ text: [UInt8]) -> Int64 {
    var digits = text[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    let isHex = digits.starts(with: "0x".utf8)
    if isHex { digits = digits.dropFirst(2) }
    let word = String(decoding: digits.prefix { isHex ? $0.isHexDigit : $0.isDigit }, as: UTF8.self)
    let size = UInt64(word, radix: isHex ? 16 : 10) ?? 0
    let value = Int64(bitPattern: size)
    return isNegative ? 0 &- value : value
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
}
