// The header of a record in text of trace-cmd or tracefs: task, CPU, time, and the event's name.

import KVMEvents

/// What precedes an event's fields.
///
///     %16s-%-5d [%03d] [flags] [-0xTYPE] %5llu.%06llu: [(+DIFF)] NAME: BODY     default, -t (nine decimals), -R
///     %8.8s-%-5d %3dFLAGS               …                                      -l
///     %16s-%-7d (%7d) [%03d] [flags] %5lu.%06lu: NAME: BODY     tracefs; the thread group only on request
struct RecordHead {
  var comm: CommKey
  /// The dash between comm and pid.
  var dash: UnsafeRawPointer
  var pid: Int32
  /// The thread group; below 0 if the text does not have it.
  var tgid: Int32 = -1
  var cpu: Int32
  var time: Int64 = 0
  /// Decimals of the time stamp: 6, 9, or 0 for a raw counter.
  var decimals = 0
  var hasFlags = false
  var name: UnsafeRawPointer
  var nameCount = 0
  /// The first byte of the fields.
  var body: UnsafeRawPointer
}

/// The columns of comm and CPU.
enum HeadColumns {
  /// Comm in 16 bytes, CPU in brackets.
  case wide
  /// `-l`: comm cut to 8 bytes, CPU and flags without brackets.
  case latency
  /// Elsewhere: the format reads its headers itself (`LineForm.head`).
  case own

  /// Bytes of the comm's column, if its dash follows.
  var commWidth: Int { self == .latency ? 8 : CommKey.width }
}

/// Why a line has no record header.
enum HeadFailure: Error {
  case noTask
  case noCPU
  case cpuTooLarge
  case noTime
  case oddDecimals
  case timeTooLarge
  case gluedFlags
  case noName

  var reason: String {
    switch self {
    case .noTask, .noCPU: "not an event: no `comm-pid [cpu]`"
    case .cpuTooLarge: "a CPU number above 8191, the last that Linux can have"
    case .noTime: "not an event: no time stamp after the CPU"
    case .oddDecimals: "a time stamp with other than 6 or 9 decimals"
    case .timeTooLarge: "a time stamp of 2^62 ns or more"
    case .gluedFlags: "flags and a raw time stamp run into each other"
    case .noName: "not an event: no `name:` after the time stamp"
    }
  }
}

extension RecordHead {
  /// The header of a record whose comm column begins at `start`.
  @inline(__always)
  init(at start: UnsafeRawPointer, _ end: UnsafeRawPointer, _ columns: HeadColumns) throws(HeadFailure) {
    let width = columns.commWidth
    guard end - start > width, (start + width).byte == UInt8(ascii: "-") else { throw .noTask }
    let comm = columns == .latency ? CommKey(shortAt: start) : CommKey(wideAt: start)
    try self.init(comm: comm, dash: start + width, end, columns)
  }

  @inline(__always)
  init(
    comm: CommKey, dash: UnsafeRawPointer, _ end: UnsafeRawPointer, _ columns: HeadColumns
  ) throws(HeadFailure) {
    var place = dash + 1
    guard let pid = smallDecimal(&place, end), place < end, place.byte == 0x20 else { throw .noTask }
    skipBlanks(&place, end)
    var tgid: Int32 = -1
    if columns != .latency, !skip(UInt8(ascii: "["), &place, end) { tgid = try Self.threadGroup(&place, end) }
    let digits = place
    guard let cpu = cpuNumber(&place, end) else { throw place == digits ? .noCPU : .cpuTooLarge }
    if columns != .latency, !skip(UInt8(ascii: "]"), &place, end) { throw .noCPU }
    self.init(comm: comm, dash: dash, pid: pid, tgid: tgid, cpu: cpu, name: place, body: place)
    try skipToStamp(&place, end)
    try readStamp(&place, end)
    try readName(&place, end)
  }

  /// tracefs with `options/record-tgid`: `(   1081) [`, or `(-------) [` where it is not known.
  private static func threadGroup(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) -> Int32
  {
    guard skip("(", &place, end) else { throw .noCPU }
    skipBlanks(&place, end)
    let tgid = smallDecimal(&place, end)
    if tgid == nil { while skip(UInt8(ascii: "-"), &place, end) {} }
    guard skip(") [", &place, end) else { throw .noCPU }
    return tgid ?? -1
  }

  /// Passes over flags and the raw event type, if they are there.
  @inline(__always)
  private mutating func skipToStamp(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    skipBlanks(&place, end)
    if place < end, place.byte.isDigit { return }
    try skipFlags(&place, end)
  }

  private mutating func skipFlags(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    skipEventType(&place, end)
    let flags = place
    while place < end, isFlag(place.byte) { place += 1 }
    if place > flags {
      hasFlags = true
      if place < end, place.byte == UInt8(ascii: ":") {
        try unglueStamp(&place, flags)
        return
      }
      if place - flags < 4 { throw .noTime }
      skipEventType(&place, end)
    }
    skipBlanks(&place, end)
    guard place < end, place.byte.isDigit else { throw .noTime }
  }

  /// A raw stamp of 12 digits or more follows the flags without a blank. Told apart only where the last flag is no
  /// digit.
  private func unglueStamp(_ place: inout UnsafeRawPointer, _ flags: UnsafeRawPointer) throws(HeadFailure) {
    while place > flags, (place - 1).byte.isDigit { place -= 1 }
    if place - flags < 5 || (place - 1).byte != UInt8(ascii: ".") { throw .gluedFlags }
  }

  /// `-R` of trace-cmd 3.3 and later puts the event's type here: `-0x1f`.
  private func skipEventType(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var ahead = place
    if skip("-0x", &ahead, end), hexadecimal(&ahead, end) != nil { place = ahead }
  }

  private func isFlag(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x66, UInt8(ascii: "."), UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "b"),
      UInt8(ascii: "X"), UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "p"), UInt8(ascii: "B"), UInt8(ascii: "L"),
      UInt8(ascii: "l"), UInt8(ascii: "Z"), UInt8(ascii: "z"), UInt8(ascii: "H"), UInt8(ascii: "h"), UInt8(ascii: "s"):
      true
    case _: false
    }
  }

  @inline(__always)
  mutating func readStamp(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    guard let whole = decimal(&place, end) else { throw .timeTooLarge }
    var stamp = whole
    if skip(UInt8(ascii: "."), &place, end) {
      let start = place
      guard let fraction = longDecimal(&place, end) else { throw .oddDecimals }
      decimals = place - start
      guard decimals == 6 || decimals == 9 else { throw .oddDecimals }
      // 9.2e9 s is 2^63 ns: checked as a division, once, instead of two overflows.
      guard whole < 9_223_372_036 else { throw .timeTooLarge }
      stamp = whole &* 1_000_000_000 &+ (decimals == 6 ? fraction &* 1000 : fraction)
    }
    guard let time = TraceTimestamp(recorded: stamp) else { throw .timeTooLarge }
    guard skip(UInt8(ascii: ":"), &place, end) else {
      try readMicroseconds(time.rawValue, &place, end)
      return
    }
    self.time = time.rawValue
  }

  /// `106400840us+: `, as lat_print_timestamp() prints it: the mark says how long it is to the next record.
  private mutating func readMicroseconds(
    _ stamp: Int64, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) throws(HeadFailure) {
    guard decimals == 0, skip("us", &place, end), place < end, " $@*#!+".utf8.contains(place.byte) else {
      throw .noTime
    }
    place += 1
    guard skip(UInt8(ascii: ":"), &place, end) else { throw .noTime }
    let (ns, overflow) = UInt64(stamp).multipliedReportingOverflow(by: 1000)
    guard !overflow, let time = TraceTimestamp(recorded: ns) else { throw .timeTooLarge }
    (self.time, decimals) = (time.rawValue, 6)
  }

  @inline(__always)
  private mutating func readName(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    skipBlanks(&place, end)
    if place < end, place.byte == UInt8(ascii: "(") { skipDifference(&place, end) }
    name = place
    while place < end {
      // The first colon, blank or parenthesis, eight bytes at a time.
      let word = place.word
      let stops =
        zeroBytes(word ^ 0x3a &* repeated) | zeroBytes(word ^ 0x20 &* repeated) | zeroBytes(word ^ 0x28 &* repeated)
      place += stops.trailingZeroBitCount >> 3
      if stops != 0 { break }
    }
    guard place < end, place.byte == UInt8(ascii: ":"), place > name,
      place + 1 >= end || (place + 1).byte == 0x20
    else {
      try readNameless(end)
      return
    }
    nameCount = place - name
    place += 1
    skipBlanks(&place, end)
    body = place
  }

  private mutating func readNameless(_ end: UnsafeRawPointer) throws(HeadFailure) {
    guard let record = NamelessRecord(at: name, end) else { throw .noName }
    (name, nameCount, body) = (record.name, record.nameCount, record.body)
  }

  /// `--ts-diff` puts the time since the event before here: `(+6203)`.
  private func skipDifference(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var ahead = place
    guard skip("(+", &ahead, end) else { return }
    _ = skip(UInt8(ascii: "-"), &ahead, end)
    guard decimal(&ahead, end) != nil, skip(UInt8(ascii: ")"), &ahead, end) else { return }
    skipBlanks(&ahead, end)
    place = ahead
  }
}
