// Lines that `trace-cmd report` prints besides events and loss markers, and the one that a cut has.

enum ReportNote {
  /// `cpus=4`: the first line of a report.
  case cpus
  /// The line of a cut whose recording may lack any event: its source cannot report drops, or was not read completely.
  case mayLackEvents
  /// `version = 6`, `CPU 2 is empty`, `CPU:1 [SUBBUFFER START]` and the like.
  case remark
  /// `=> symbol (address)`: a stack trace continues.
  case stackEntry
  /// Only blanks, as after a marker's own newline.
  case empty

  static let mayLackEventsText: StaticString = "gpc-replay: the recording may lack events"

  /// Looks after `prefix` bytes, and at the line's begin.
  init?(_ line: Line, prefix: Int) {
    if line.count > prefix, let note = Self(line.start + prefix, line.end) {
      self = note
    } else if let note = Self(line.start, line.end) {
      self = note
    } else if Self.isNamedCPUs(line) {
      self = .cpus
    } else {
      return nil
    }
  }

  /// `trace.dat: cpus=4`: with several inputs the first lines already have a prefix, before a record shows its width.
  private static func isNamedCPUs(_ line: Line) -> Bool {
    var place = line.start
    while place < line.end {
      if skip(": cpus=", &place, line.end) { return smallDecimal(&place, line.end) != nil && place == line.end }
      place += 1
    }
    return false
  }

  private init?(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var place = start
    skipBlanks(&place, end)
    if place == end {
      self = .empty
    } else if Self.isCPUs(start, end) {
      self = .cpus
    } else if skip(Self.mayLackEventsText, &place, end) {
      guard place == end else { return nil }
      self = .mayLackEvents
    } else if skip("=> ", &place, end) {
      self = .stackEntry
    } else if Self.isRemark(start, end) {
      self = .remark
    } else {
      return nil
    }
  }

  private static func isCPUs(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var place = start
    return skip("cpus=", &place, end) && smallDecimal(&place, end) != nil && place == end
  }

  private static func isRemark(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Bool {
    var place = start
    if skip("version = ", &place, end) { return true }
    if skip("CPU ", &place, end) { return smallDecimal(&place, end) != nil && skip(" is empty", &place, end) }
    if skip("CPU:", &place, end) {
      return smallDecimal(&place, end) != nil && skip(" [SUBBUFFER START]", &place, end)
    }
    return skip("NO RECORD COPIED", &place, end) || skip("trace-cmd: ", &place, end)
  }
}
