// A line of the kernel's log as consoles, dmesg and syslog print it.

/// What printk and its readers print before a line's text:
///
///     [  204.000012] TEXT                              dmesg, a console; `[Sun Nov 29 16:03:19 2026] ` with -T
///     [  204.000012][  T537] TEXT                      CONFIG_PRINTK_CALLER
///     <6>[  204.000012] TEXT                           dmesg -r
///     Nov 29 16:03:19 host kernel: [  204.000012] TEXT syslog; the journal leaves the time in brackets out
struct ConsoleLine {
  /// The position after all that.
  let text: Line

  /// Limits for the front of a line, and for a time in brackets, in bytes.
  private static let (frontMax, timeMax) = (96, 40)

  /// nil: not such a line.
  init?(_ line: Line) {
    guard let start = Self.behindTime(line) ?? Self.behindKernel(line) else { return nil }
    text = Line(start: start, end: line.end, isCut: line.isCut)
  }

  private static func behindTime(_ line: Line) -> UnsafeRawPointer? {
    let end = min(line.end, line.start + frontMax)
    var place = line.start
    while place < end {
      if place.byte == UInt8(ascii: "["), var behind = behindBracket(place, line.end) {
        skipCaller(&behind, line.end)
        return behind == line.end || skip(" ", &behind, line.end) ? behind : nil
      }
      place += 1
    }
    return nil
  }

  /// After a time in brackets: digits, and between them a decimal point or colon.
  private static func behindBracket(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer? {
    var place = start + 1
    let last = min(end, place + timeMax)
    var isTime = false
    while place < last, place.byte != UInt8(ascii: "]") {
      let isPoint = place.byte == UInt8(ascii: ".") || place.byte == UInt8(ascii: ":")
      if isPoint, (place - 1).byte.isDigit, place + 1 < last, (place + 1).byte.isDigit { isTime = true }
      place += 1
    }
    return isTime && place < last ? place + 1 : nil
  }

  /// `[    T1]`, `[   C12]`: print_caller().
  private static func skipCaller(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var ahead = place
    guard skip("[", &ahead, end) else { return }
    skipBlanks(&ahead, end)
    guard skip("T", &ahead, end) || skip("C", &ahead, end), decimal(&ahead, end) != nil, skip("]", &ahead, end) else {
      return
    }
    place = ahead
  }

  private static func behindKernel(_ line: Line) -> UnsafeRawPointer? {
    var place = line.start
    let end = min(line.end, line.start + frontMax)
    while place < end {
      var ahead = place
      if skip(" kernel: ", &ahead, line.end) { return ahead }
      place += 1
    }
    return nil
  }
}

/// The lines around the records of a dump: ftrace_dump(), and the readers of the kernel's log.
enum ConsoleNote {
  /// `Dumping ftrace buffer:`, `Dumping ftrace instance foo buffer:`.
  case dumpBegins
  /// A line of dashes: at both ends of the records.
  case dashes
  /// `** 34 printk messages dropped **`, from the journal `Missed 34 kernel messages`.
  case dropped

  init?(_ text: Line) {
    var place = text.start
    let word = text.bytes
    if skip("Dumping ftrace ", &place, text.end) {
      self = .dumpBegins
    } else if word.count > 16, word.allSatisfy({ $0 == UInt8(ascii: "-") }) {
      self = .dashes
    } else if Self.isDropped(text) {
      self = .dropped
    } else {
      return nil
    }
  }

  private static func isDropped(_ text: Line) -> Bool {
    var place = text.start
    while place < text.end {
      var ahead = place
      if skip("** ", &ahead, text.end) || skip("Missed ", &ahead, text.end), decimal(&ahead, text.end) != nil,
        skip(" printk messages dropped", &ahead, text.end) || skip(" kernel messages", &ahead, text.end)
      {
        return true
      }
      place += 1
    }
    return false
  }
}
