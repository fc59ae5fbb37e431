// What the first lines of a text say about its form.

import Glibc

struct TextSurvey {
  private var records = 0
  private var others = 0
  private var tracefs = 0
  private var perf = 0
  private var isReport = false
  private var isBpftrace = false
  private var finder = HeadFinder()

  /// Lines looked at: a text that has not shown its form by then is no recording.
  private static let linesMax = 1000
  /// `cpus=N` is the report's first line but for a few warnings.
  private static let headerLinesMax = 20

  init(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
    var rest = bytes
    var number = 0
    while let start = rest.baseAddress, !rest.isEmpty, number < Self.linesMax, !isReport {
      let newline = memchr(start, 10, rest.count).map { UnsafeRawPointer($0) }
      if newline == nil, !isWhole { break }
      var line = Line(start: start, end: newline ?? start + rest.count)
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(line.count + 1))
      line.dropCarriageReturn()
      look(at: line, number: number)
      number += 1
    }
  }

  private mutating func look(at line: Line, number: Int) {
    guard line.count > 0, line.count <= LineSplitter.lineLimit else { return }
    if number < Self.headerLinesMax, ReportNote(line, prefix: finder.prefix) == .cpus {
      isReport = true
    } else if let head = finder.find(line) {
      records += 1
      if head.hasTracefsColumns { tracefs += 1 }
    } else if LossMarker(line, prefix: finder.prefix) == nil, ReportNote(line, prefix: finder.prefix) == nil {
      others += 1
      lookForOtherForms(line, number: number)
    }
  }

  private mutating func lookForOtherForms(_ line: Line, number: Int) {
    let text = String(decoding: line.bytes.prefix(300), as: UTF8.self)
    if number == 0, text.hasPrefix("Attaching "), text.hasSuffix(" probes...") || text.hasSuffix(" probe...") {
      isBpftrace = true
    }
    let words = text.split(separator: " ")
    let isCPU = { (word: Substring) in word.first == "[" && word.last == "]" && word.dropFirst().dropLast().isDigits }
    guard let cpu = words.firstIndex(where: isCPU), cpu > 0 else { return }
    if words[cpu - 1].last == ")" {
      // The TGID column, which only tracefs has.
      tracefs += 1
    } else if cpu + 2 < words.count, words[cpu - 1].split(separator: "/").allSatisfy(\.isDigits),
      words[cpu + 1].last == ":", words[cpu + 1].dropLast().split(separator: ".").allSatisfy(\.isDigits),
      words[cpu + 2].last == ":", words[cpu + 2].dropLast().contains(":")
    {
      perf += 1
    }
  }

  /// The form that most of the lines have; nil: none.
  var format: InputFormat? {
    if isReport { return .traceCmdText }
    if isBpftrace { return .bpftrace }
    // A log that quotes an event here and there is no recording.
    if tracefs * 2 > records + others { return .tracefsText }
    if perf * 2 > records + others { return .perfScript }
    return records > others ? .traceCmdText : nil
  }
}

extension RecordHead {
  /// tracefs gives the pid 7 columns where trace-cmd gives it 5.
  var hasTracefsColumns: Bool {
    var place = dash + 1
    while place.byte.isDigit { place += 1 }
    let digits = place - dash - 1
    while place.byte == 0x20 { place += 1 }
    return place.byte == UInt8(ascii: "[") && digits < 7 && place - dash - 1 == 8
  }
}

extension Substring {
  fileprivate var isDigits: Bool { !isEmpty && utf8.allSatisfy(\.isDigit) }
}
