// Finds where a line's record head begins. The place hardly ever changes: the last one is tried first.

struct HeadFinder {
  /// Bytes of a buffer's or file's name (`kvmgpc: `) before the head.
  private(set) var prefix = 0
  private(set) var form = HeadForm.wide
  private(set) var failure = HeadFailure.noTask

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
    // A record right behind a loss marker has no prefix, even where all others do: the prefix stays as it was.
    if let head = attempt(line, prefix: 0, form: form) { return head }
    for other in [HeadForm.wide, .latency] {
      if let head = attempt(line, prefix: 0, form: other) {
        (prefix, form) = (0, other)
        return head
      }
      if let found = attemptBehindName(line, form: other) {
        (prefix, form) = (found.prefix, other)
        return found.head
      }
    }
    return findDash(line)
  }

  private mutating func attempt(_ line: Line, prefix: Int, form: HeadForm) -> RecordHead? {
    guard line.count > prefix else { return nil }
    do throws(HeadFailure) {
      return try RecordHead(at: line.start + prefix, line.end, form: form)
    } catch {
      // The reason that got furthest is the one worth telling.
      if failure == .noTask || failure == .noCPU { failure = error }
      return nil
    }
  }

  /// `%*s: ` before the head, blanks on the left: the name of a buffer instance or of an input file.
  private mutating func attemptBehindName(_ line: Line, form: HeadForm) -> (prefix: Int, head: RecordHead)? {
    var place = line.start
    skipBlanks(&place, line.end)
    while place + 1 < line.end, place.byte != 0x20, place - line.start < 256 {
      if place.byte == UInt8(ascii: ":"), (place + 1).byte == 0x20 {
        let prefix = place - line.start + 2
        return attempt(line, prefix: prefix, form: form).map { (prefix, $0) }
      }
      place += 1
    }
    return nil
  }

  /// The comm does not stand in its column: it holds a newline, or someone took the blanks away.
  private mutating func findDash(_ line: Line) -> RecordHead? {
    var start = line.start
    skipBlanks(&start, line.end)
    var place = start
    while place < line.end, place - start <= CommKey.width {
      if place.byte == UInt8(ascii: "-"),
        let comm = CommKey(UnsafeRawBufferPointer(start: start, count: place - start))
      {
        do throws(HeadFailure) {
          return try RecordHead(comm: comm, dash: place, line.end, form: .wide)
        } catch {
          if failure == .noTask || failure == .noCPU { failure = error }
        }
      }
      place += 1
    }
    return nil
  }
}
