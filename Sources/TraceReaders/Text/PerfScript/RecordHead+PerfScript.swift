// The header of a record in `perf script` text.

/// What precedes an event's fields, with and without `--ns`, with one number or two for the task:
///
///     %16s %7d         [%03d] %5lu.%06lu: [PERIOD] SYS:NAME: BODY
///     %16s %7d/%-7d    [%03d] %5lu.%09lu: [PERIOD] SYS:NAME: BODY
///
/// With call chains (`-g`) the comm is at the line's begin, without its padding.
extension RecordHead {
  /// The header of a record whose comm column begins at `start`. A comm has 15 bytes at most, so a column begins with a
  /// blank.
  init(perfAt start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    let column = CommKey.width
    guard end - start > column, start.byte == 0x20, (start + column).byte == 0x20 else { throw .noTask }
    try self.init(perfComm: CommKey(wideAt: start), task: start + column, end)
  }

  /// - Parameter task: the blank after the comm.
  init(perfComm comm: CommKey, task: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    var place = task
    skipBlanks(&place, end)
    guard let first = smallDecimal(&place, end) else { throw .noTask }
    var tid = first
    let hasGroup = skip(UInt8(ascii: "/"), &place, end)
    if hasGroup {
      guard let second = smallDecimal(&place, end) else { throw .noTask }
      tid = second
    }
    skipBlanks(&place, end)
    guard skip("[", &place, end) else { throw .noCPU }
    let digits = place
    guard let cpu = cpuNumber(&place, end) else { throw place == digits ? .noCPU : .cpuTooLarge }
    guard skip("]", &place, end) else { throw .noCPU }
    self.init(
      comm: comm, dash: task, pid: tid, tgid: hasGroup ? first : -1, cpu: cpu, name: place, body: place)
    skipBlanks(&place, end)
    guard place < end, place.byte.isDigit else { throw .noTime }
    try readStamp(&place, end)
    try readPerfName(&place, end)
  }

  /// The header of a record whose comm is not padded: it ends at the first blank after which a header follows.
  init(unpaddedPerf line: Line) throws(HeadFailure) {
    var failure = HeadFailure.noTask
    var place = line.start + 1
    while place < line.end, place - line.start < CommKey.width {
      if place.byte == 0x20, let comm = CommKey(UnsafeRawBufferPointer(start: line.start, count: place - line.start)) {
        do throws(HeadFailure) {
          try self.init(perfComm: comm, task: place, line.end)
          return
        } catch {
          if failure == .noTask || failure == .noCPU { failure = error }
        }
      }
      place += 1
    }
    throw failure
  }

  /// `gpc:gpc_init:` is the event gpc_init of the group gpc. Other records need no colon: `PERF_RECORD_LOST lost 7`,
  /// `PERF_RECORD_FORK(1:1):(0:0)`.
  private mutating func readPerfName(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) {
    skipBlanks(&place, end)
    skipPeriod(&place, end)
    name = place
    if skip("PERF_RECORD_", &place, end) {
      while place < end, place.byte.isUpperCase || place.byte.isDigit || place.byte == UInt8(ascii: "_") { place += 1 }
      nameCount = place - name
      skipBlanks(&place, end)
      body = place
      return
    }
    while place < end, place.byte != 0x20 {
      if place.byte == UInt8(ascii: ":"), place + 1 < end, (place + 1).byte != 0x20 { name = place + 1 }
      place += 1
    }
    guard place - name > 1, (place - 1).byte == UInt8(ascii: ":") else { throw .noName }
    nameCount = place - name - 1
    skipBlanks(&place, end)
    body = place
  }

  /// Sampled events print their period before their name.
  private func skipPeriod(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var ahead = place
    guard decimal(&ahead, end) != nil, ahead < end, ahead.byte == 0x20 else { return }
    skipBlanks(&ahead, end)
    place = ahead
  }
}

extension UInt8 {
  fileprivate var isUpperCase: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
