// Collects what a recording states about itself, in every input format.

import KVMEvents

/// A recording states it at its start and again at its end; repetitions are not kept.
struct RecordingMarks {
  private(set) var marks: [RecordingMark] = []
  private var known: Set<String> = []

  /// A kernel has some thirty probes; trace_marker takes a kilobyte at a time.
  private static let countMax = 256
  private static let bytesMax = 1024

  private static let word = Array("gpc-replay: ".utf8)
  /// Examines a text: lines of other writers are skipped.
  @inline(__always)
  mutating func read(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer, line: EventID) {
    if start < end, start.byte == UInt8(ascii: "g") || start.byte == UInt8(ascii: "t") || start.byte == 0x30 {
      take(UnsafeRawBufferPointer(start: start, count: end - start), line: line)
    }
  }

  /// `trace-cmd report` prints the writer before it, `tracing_mark_write: `, or the address if there is no kallsyms.
  private mutating func take(_ bytes: UnsafeRawBufferPointer, line: EventID) {
    var rest = bytes[...]
    let writer = rest.prefix { $0 != UInt8(ascii: " ") }
    if rest.first != UInt8(ascii: "g"), writer.last == UInt8(ascii: ":") { rest = rest.dropFirst(writer.count + 1) }
    guard rest.starts(with: Self.word), marks.count < Self.countMax else { return }
    let said = rest.dropFirst(Self.word.count).prefix(Self.bytesMax).prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
    let text = String(decoding: said, as: UTF8.self)
    if known.insert(text).inserted { marks.append(RecordingMark(line: line, text: text)) }
  }
}
