// Lines of a recording's text, unchanged.

import KVMEvents

/// Some lines of a text, decompressed and otherwise unchanged.
package struct TextLines: Sendable {
  /// `cpus=4` and the like: the lines before the first record, by line; below 1 those that the recording does not have.
  package private(set) var header: [EventID: [UInt8]] = [:]
  /// The requested lines. A record whose comm holds a newline has the lines in which its comm begins before it.
  package private(set) var lines: [EventID: [UInt8]] = [:]

  init(header: [EventID: [UInt8]], lines: [EventID: [UInt8]]) {
    self.header = header
    self.lines = lines
  }

  package init(
    of input: TraceInput, options: TraceReadOptions = TraceReadOptions(), wanted: Set<EventID>
  ) throws(TraceReadError) {
    var pipeline = try TextPipeline(input, options: options)
    var finder = RecordFinder()
    var isBeforeRecords = true
    var before: [UInt8] = []
    var id: EventID = 0
    var remaining = wanted.count
    while let line = try pipeline.nextLine() {
      id += 1
      guard isBeforeRecords || wanted.contains(id) else {
        before = line.count < CommKey.width ? Array(line.bytes) : []
        continue
      }
      var bytes = Array(line.bytes)
      if bytes.last == 0x0d { bytes.removeLast() }
      if isBeforeRecords, finder.isHeader(bytes) { header[id] = bytes }
      if isBeforeRecords, finder.places(in: bytes) != nil { isBeforeRecords = false }
      if wanted.contains(id) {
        lines[id] = Self.isRest(bytes, of: before) ? before + [0x0a] + bytes : bytes
        remaining -= 1
        if remaining == 0 { break }
      }
      before = bytes.count < CommKey.width ? bytes : []
    }
  }

  /// The same after a line that says that any event may be missing, by the recording's format or its issues.
  package func sayingThatEventsMayBeMissing() -> TextLines {
    let note = Array("\(ReportNote.mayLackEventsText)".utf8)
    if header.values.contains(note) { return self }
    var result = self
    result.header[min(header.keys.min() ?? 1, 1) - 1] = note
    return result
  }

  /// The line continues a comm that began in the previous line: its dash is where the column ends.
  private static func isRest(_ line: [UInt8], of before: [UInt8]) -> Bool {
    let rest = CommKey.width - before.count - 1
    guard rest >= 0, line.count > rest, line[rest] == UInt8(ascii: "-") else { return false }
    // A line with its own dash in place is whole.
    return !(line.count > CommKey.width && line[CommKey.width] == UInt8(ascii: "-"))
  }
}
