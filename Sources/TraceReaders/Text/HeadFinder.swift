// Finds where a line's record head begins. The place hardly ever changes: the last one is tried first.

import KVMEvents

struct HeadFinder {
  /// Bytes of a buffer's or file's name (`kvmgpc: `), or blanks in place of one, before the head.
  private(set) var prefix = 0
  private(set) var form: HeadForm
  private(set) var failure = HeadFailure.noTask
  /// What may be the front of the next line's comm.
  var fragment = CommFragment()

  private let isOfConsole: Bool
  /// Forms that this kind of text may have.
  private let forms: [HeadForm]
  /// Bytes in which a head is looked for.
  private static let prefixMax = 256

  init(_ format: InputFormat = .traceCmdText) {
    switch format {
    case .tracefsText, .webPage: forms = [.wide]
    case .perfScript: forms = [.perf]
    case .traceCmdText, .traceDat, .perfData, .bpftrace, .consoleLog: forms = [.wide, .latency]
    }
    isOfConsole = format == .consoleLog
    form = forms[0]
  }

  /// The head of this line; nil: it has none, and `failure` says why.
  @inline(__always) mutating func find(_ line: Line) -> RecordHead? {
    do throws(HeadFailure) {
      return try RecordHead(at: line.start + prefix, line.end, form: form)
    } catch {
      failure = error
      return findElsewhere(line)
    }
  }

  private mutating func findElsewhere(_ line: Line) -> RecordHead? {
    if form == .perf {
      return attempt { () throws(HeadFailure) in try RecordHead(unpaddedPerf: line) }
    }
    if isOfConsole { return findBehindConsole(line) }
    if !fragment.isEmpty, let head = findJoined(line) { return head }
    // A record right behind a loss marker has no prefix, even where all others do: the prefix stays as it was.
    if prefix > 0, let head = attempt(line, prefix: 0, form: form) { return head }
    for other in forms {
      if let head = attempt(line, prefix: 0, form: other) {
        (prefix, form) = (0, other)
        return head
      }
      if let found = attemptBehindName(line, form: other) ?? attemptBehindBlanks(line, form: other) {
        (prefix, form) = (found.prefix, other)
        return found.head
      }
    }
    return findDash(line)
  }

  /// What a console puts in front is the prefix: as wide from line to line, mostly.
  private mutating func findBehindConsole(_ line: Line) -> RecordHead? {
    let start = (ConsoleLine(line)?.text.start ?? line.start) - line.start
    for other in forms {
      if let head = attempt(line, prefix: start, form: other) {
        (prefix, form) = (start, other)
        return head
      }
    }
    return nil
  }

  private mutating func attempt(_ head: () throws(HeadFailure) -> RecordHead) -> RecordHead? {
    do throws(HeadFailure) {
      return try head()
    } catch {
      // The reason that got furthest is the one worth telling.
      if failure == .noTask || failure == .noCPU { failure = error }
      return nil
    }
  }

  private mutating func attempt(_ line: Line, prefix: Int, form: HeadForm) -> RecordHead? {
    guard line.count > prefix else { return nil }
    return attempt { () throws(HeadFailure) in try RecordHead(at: line.start + prefix, line.end, form: form) }
  }

  /// `%*s: ` before the head, blanks on the left: the name of a buffer instance or of an input file.
  private mutating func attemptBehindName(_ line: Line, form: HeadForm) -> (prefix: Int, head: RecordHead)? {
    var place = line.start
    skipBlanks(&place, line.end)
    while place + 1 < line.end, place.byte != 0x20, place - line.start < Self.prefixMax {
      if place.byte == UInt8(ascii: ":"), (place + 1).byte == 0x20 {
        let prefix = place - line.start + 2
        return attempt(line, prefix: prefix, form: form).map { (prefix, $0) }
      }
      place += 1
    }
    return nil
  }

  /// Among several buffers the one without a name has blanks in the names' column: the head begins a column before its
  /// dash.
  private mutating func attemptBehindBlanks(_ line: Line, form: HeadForm) -> (prefix: Int, head: RecordHead)? {
    let width = form == .wide ? CommKey.width : 8
    var first = line.start
    skipBlanks(&first, line.end)
    var dash = first
    while dash < line.end, dash - width <= first, dash - line.start < Self.prefixMax {
      if dash.byte == UInt8(ascii: "-"), dash - line.start > width {
        let prefix = dash - line.start - width
        if let head = attempt(line, prefix: prefix, form: form) { return (prefix, head) }
      }
      dash += 1
    }
    return nil
  }

  /// The comm began in the line above: it holds a newline. Its bytes fill the column, and the dash follows.
  private mutating func findJoined(_ line: Line) -> RecordHead? {
    let rest = CommKey.width - fragment.bytes.count
    guard line.count > rest, (line.start + rest).byte == UInt8(ascii: "-"),
      let comm = fragment.joined(UnsafeRawBufferPointer(start: line.start, count: rest))
    else { return nil }
    let head = attempt { () throws(HeadFailure) in
      try RecordHead(comm: comm, dash: line.start + rest, line.end, form: .wide)
    }
    if head != nil { fragment = CommFragment() }
    return head
  }

  /// The comm does not stand in its column: its front is missing, or someone took the blanks away.
  private mutating func findDash(_ line: Line) -> RecordHead? {
    var start = line.start
    skipBlanks(&start, line.end)
    var place = start
    while place < line.end, place - start <= CommKey.width {
      if place.byte == UInt8(ascii: "-"),
        let comm = CommKey(UnsafeRawBufferPointer(start: start, count: place - start))
      {
        let head = attempt { () throws(HeadFailure) in
          try RecordHead(comm: comm, dash: place, line.end, form: .wide)
        }
        if let head { return head }
      }
      place += 1
    }
    return nil
  }
}
