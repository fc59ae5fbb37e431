// Finds where a line's record header begins. The position hardly ever changes: the last one is tried first.

import KVMEvents

struct HeadFinder {
  /// Bytes of a buffer's or file's name (`kvmgpc: `), or blanks instead of one, before the header.
  private(set) var prefix = 0
  private(set) var columns: HeadColumns
  private(set) var failure = HeadFailure.noTask
  /// What may be the front of the next line's comm.
  var fragment = CommFragment()

  /// Those that this text format may have.
  private let choices: [HeadColumns]
  /// Bytes searched for a header.
  private static let prefixMax = 256

  init(_ choices: [HeadColumns] = TraceCmdText.columns) {
    self.choices = choices
    columns = choices[0]
  }

  /// The header of this line; nil: it has none, and `failure` has the reason.
  @inline(__always) mutating func find<Form: LineForm>(_ line: Line, _: Form.Type) -> RecordHead? {
    do throws(HeadFailure) {
      let start = line.start + prefix
      return try Form.readsHeads ? Form.head(at: start, line.end) : RecordHead(at: start, line.end, columns)
    } catch {
      failure = error
      return Form.headElsewhere(line, &self)
    }
  }

  mutating func findElsewhere(_ line: Line) -> RecordHead? {
    if !fragment.isEmpty, let head = findJoined(line) { return head }
    // A record right after a loss marker has no prefix, even if all others do: the prefix stays as it was.
    if prefix > 0, let head = attempt(line, prefix: 0, columns) { return head }
    for other in choices {
      if let head = attempt(line, prefix: 0, other) {
        (prefix, columns) = (0, other)
        return head
      }
      if let found = attemptBehindName(line, other) ?? attemptBehindBlanks(line, other) {
        (prefix, columns) = (found.prefix, other)
        return found.head
      }
    }
    return findDash(line)
  }

  /// The header after this many bytes, which are the prefix from here on.
  mutating func findBehind(_ prefix: Int, _ line: Line) -> RecordHead? {
    for other in choices {
      if let head = attempt(line, prefix: prefix, other) {
        (self.prefix, columns) = (prefix, other)
        return head
      }
    }
    return nil
  }

  mutating func attempt(_ head: () throws(HeadFailure) -> RecordHead) -> RecordHead? {
    do throws(HeadFailure) {
      return try head()
    } catch {
      // The reason that got furthest is the most useful one.
      if failure == .noTask || failure == .noCPU { failure = error }
      return nil
    }
  }

  private mutating func attempt(_ line: Line, prefix: Int, _ columns: HeadColumns) -> RecordHead? {
    guard line.count > prefix else { return nil }
    return attempt { () throws(HeadFailure) in try RecordHead(at: line.start + prefix, line.end, columns) }
  }

  /// `%*s: ` before the header, blanks on the left: the name of a buffer instance or of an input file.
  private mutating func attemptBehindName(_ line: Line, _ columns: HeadColumns) -> (prefix: Int, head: RecordHead)? {
    var place = line.start
    skipBlanks(&place, line.end)
    while place + 1 < line.end, place.byte != 0x20, place - line.start < Self.prefixMax {
      if place.byte == UInt8(ascii: ":"), (place + 1).byte == 0x20 {
        let prefix = place - line.start + 2
        return attempt(line, prefix: prefix, columns).map { (prefix, $0) }
      }
      place += 1
    }
    return nil
  }

  /// Among several buffers the one without a name has blanks in the names' column: the header begins a column before
  /// its dash.
  private mutating func attemptBehindBlanks(_ line: Line, _ columns: HeadColumns) -> (prefix: Int, head: RecordHead)? {
    let width = columns.commWidth
    var first = line.start
    skipBlanks(&first, line.end)
    var dash = first
    while dash < line.end, dash - width <= first, dash - line.start < Self.prefixMax {
      if dash.byte == UInt8(ascii: "-"), dash - line.start > width {
        let prefix = dash - line.start - width
        if let head = attempt(line, prefix: prefix, columns) { return (prefix, head) }
      }
      dash += 1
    }
    return nil
  }

  /// The comm began in the previous line: it holds a newline. Its bytes fill the column, and the dash follows.
  private mutating func findJoined(_ line: Line) -> RecordHead? {
    let rest = CommKey.width - fragment.bytes.count
    guard line.count > rest, (line.start + rest).byte == UInt8(ascii: "-"),
      let comm = fragment.joined(UnsafeRawBufferPointer(start: line.start, count: rest))
    else { return nil }
    let head = attempt { () throws(HeadFailure) in
      try RecordHead(comm: comm, dash: line.start + rest, line.end, .wide)
    }
    if head != nil { fragment = CommFragment() }
    return head
  }

  /// The comm is not in its column: its front is missing, or the blanks were removed.
  private mutating func findDash(_ line: Line) -> RecordHead? {
    var start = line.start
    skipBlanks(&start, line.end)
    var place = start
    while place < line.end, place - start <= CommKey.width {
      if place.byte == UInt8(ascii: "-"),
        let comm = CommKey(UnsafeRawBufferPointer(start: start, count: place - start))
      {
        let head = attempt { () throws(HeadFailure) in
          try RecordHead(comm: comm, dash: place, line.end, .wide)
        }
        if let head { return head }
      }
      place += 1
    }
    return nil
  }
}
