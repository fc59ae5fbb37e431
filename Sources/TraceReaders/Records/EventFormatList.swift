// The formats of a recording's events: lists that a trace.dat and the tracing data of a perf.data have in common.

import KVMEvents

struct EventFormatList {
  private(set) var formats: [EventFormat] = []
  /// Formats that cannot be used, and other errors in parts that events can be read without.
  var issues = IssueLog()

  /// One format, or the description of the ring buffer.
  static let formatMax: UInt64 = 1 << 20

  /// The formats of ftrace's own events (`print`): a list.
  mutating func readFtraceFormats(_ cursor: inout RecordCursor) throws(TraceReadError) {
    for _ in 0..<(try cursor.number(UInt32.self)) { try readFormat(&cursor) }
  }

  /// The formats of all other events: a list per system.
  mutating func readEventFormats(_ cursor: inout RecordCursor) throws(TraceReadError) {
    for _ in 0..<(try cursor.number(UInt32.self)) {
      _ = try cursor.string()
      for _ in 0..<(try cursor.number(UInt32.self)) { try readFormat(&cursor) }
    }
  }

  private mutating func readFormat(_ cursor: inout RecordCursor) throws(TraceReadError) {
    let format = EventFormat(try cursor.block(max: Self.formatMax))
    if format.id == nil || format.name.isEmpty {
      issues.note(.badPart, line: 0, "an event's format without name or number", excerpt: format.name)
    } else {
      formats.append(format)
    }
  }
}
