// The positions of the parts of a record in its line: for code that rewrites lines.

/// The byte ranges of a line of trace-cmd or tracefs text, read by the same header parser as its event.
package struct RecordPlaces: Sendable {
  /// Before the comm's column: the name of a buffer instance or of an input file, or blanks instead.
  package let prefix: Range<Int>
  /// The comm's column, padding included.
  package let comm: Range<Int>
  /// The digits of the pid.
  package let pid: Range<Int>
  /// The digits of the thread group's, which tracefs prints on request; empty if there is none.
  package let tgid: Range<Int>
  /// The digits of the time stamp, and its point.
  package let stamp: Range<Int>
  /// Of the stamp: 6, 9, or 0 for a raw counter.
  package let decimals: Int
  /// `(+6203)` of `--ts-diff`, with the blanks after it; empty without.
  package let difference: Range<Int>
  package let name: Range<Int>
  /// The first byte of the fields.
  package let body: Int
  /// In nanoseconds, or as the counter value.
  package let time: Int64
}

/// Finds the parts of one line after the other. The position of a header hardly ever changes from line to line.
package struct RecordFinder {
  private var finder = HeadFinder()

  package init() {}

  /// nil: the line is not a record.
  package mutating func places(in line: [UInt8]) -> RecordPlaces? {
    var line = line
    let count = line.count
    // Words are loaded without checking for the line's end.
    line += [UInt8](repeating: 0, count: LineSplitter.slack)
    return line.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress,
        let head = finder.find(Line(start: start, end: start + count), TraceCmdText.self)
      else {
        return nil
      }
      return RecordPlaces(
        head, width: finder.columns.commWidth, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
  }

  /// `cpus=4`, with or without a file's name before it, or what a cut says of its recording.
  package func isHeader(_ line: [UInt8]) -> Bool {
    withLine(line) { line in
      switch ReportNote(line, prefix: finder.prefix) {
      case .cpus, .mayLackEvents: true
      case .remark, .stackEntry, .empty, nil: false
      }
    }
  }

  private func withLine(_ line: [UInt8], _ body: (Line) -> Bool) -> Bool {
    (line + [UInt8](repeating: 0, count: LineSplitter.slack)).withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      return body(Line(start: start, end: start + line.count))
    }
  }
}

extension RecordPlaces {
  fileprivate init?(_ head: RecordHead, width: Int, _ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return nil }
    let dash = head.dash - start
    comm = max(0, dash - width)..<dash
    prefix = 0..<comm.lowerBound
    var pidEnd = dash + 1
    while pidEnd < bytes.count, bytes[pidEnd].isDigit { pidEnd += 1 }
    pid = dash + 1..<pidEnd
    var group = pidEnd
    while group < bytes.count, bytes[group] == 0x20 || bytes[group] == UInt8(ascii: "(") { group += 1 }
    var groupEnd = group
    while groupEnd < bytes.count, bytes[groupEnd].isDigit { groupEnd += 1 }
    tgid = head.tgid < 0 ? pidEnd..<pidEnd : group..<groupEnd
    // The name of a nameless record is elsewhere; trace-cmd prints none.
    let first = head.name - start
    guard bytes.indices.contains(first) else { return nil }
    name = first..<first + head.nameCount
    body = min(head.body - start, bytes.count)
    guard let colon = bytes[pidEnd..<first].lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let hasDifference = bytes[colon..<first].contains(UInt8(ascii: "("))
    difference = (hasDifference ? colon + 1 : first)..<first
    var low = colon
    while low > pidEnd, bytes[low - 1].isDigit || (head.decimals > 0 && bytes[low - 1] == UInt8(ascii: ".")) {
      low -= 1
    }
    stamp = low..<colon
    decimals = head.decimals
    time = head.time
  }
}
