// What the first lines of a text say about its form.

import Glibc

struct TextSurvey {
  private var records = 0
  private var others = 0
  private var tracefs = 0
  private var perf = 0
  private var bpftrace = 0
  /// Some record of perf script says more than which event it is of.
  private(set) var hasPerfFields = false
  private var rawRecords = 0
  private var consoleLines = 0
  private var isReport = false
  /// The first line says so, though no record may follow.
  private var isBpftrace = false
  private var finder = HeadFinder()

  /// Lines looked at: a text that has not shown its form by then is no recording.
  private static let linesMax = 1000
  /// `cpus=N` is the report's first line but for a few warnings.
  static let headerLinesMax = 20

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
    } else if let head = Self.perfScriptHead(line) {
      perf += 1
      if head.body < line.end { hasPerfFields = true }
    } else if Self.isBpftrace(line) {
      bpftrace += 1
    } else if !isNote(line, number: number) {
      others += 1
      if Self.isRaw(line) { rawRecords += 1 }
      if ConsoleLine(line) != nil { consoleLines += 1 }
    }
  }

  private static func perfScriptHead(_ line: Line) -> RecordHead? {
    do throws(HeadFailure) {
      return try RecordHead(perfAt: line.start, line.end)
    } catch {
      do throws(HeadFailure) {
        return try RecordHead(unpaddedPerf: line)
      } catch {
        return nil
      }
    }
  }

  private static func isBpftrace(_ line: Line) -> Bool {
    do throws(HeadFailure) {
      var line = line
      _ = try RecordHead(bpftrace: &line)
      return true
    } catch {
      return false
    }
  }

  /// A line that other lines of its form go with; it speaks neither for a form nor against it.
  private mutating func isNote(_ line: Line, number: Int) -> Bool {
    if case .attached? = BpftraceNote(line) {
      if number == 0 { isBpftrace = true }
      return true
    }
    return LossMarker(line, prefix: finder.prefix) != nil || ReportNote(line, prefix: finder.prefix) != nil
      || TracefsNote(line, isInHead: true) != nil || PerfScriptNote(line) != nil || BpftraceNote(line) != nil
  }

  /// `PID CPU NANOSECONDS …`, as `options/raw` prints.
  private static func isRaw(_ line: Line) -> Bool {
    var place = line.start
    for _ in 0..<3 where decimal(&place, line.end) == nil || !skip(" ", &place, line.end) { return false }
    return true
  }

  /// The form that most of the lines have; nil: none.
  var format: InputFormat? {
    if isReport { return .traceCmdText }
    if isBpftrace { return .bpftrace }
    // A log that quotes an event here and there is no recording.
    let all = records + perf + bpftrace + others
    if tracefs * 2 > all { return .tracefsText }
    if perf * 2 > all { return .perfScript }
    if bpftrace * 2 > all { return .bpftrace }
    return records * 2 > all ? .traceCmdText : nil
  }

  /// Most lines are the kernel's log; whether a dump stands in it may show late.
  var isConsoleLog: Bool { consoleLines * 2 > records + perf + bpftrace + others }

  /// Of a text whose head names a tracer: its records are in a form that cannot be replayed.
  var isRawTracefs: Bool { rawRecords > 0 && rawRecords == others && records == 0 }
}

extension RecordHead {
  /// tracefs gives the pid 7 columns where trace-cmd gives it 5, or prints the thread group behind it. A pid that fills
  /// the 7 looks the same in both; then trace-cmd's blanks tell, which fill up a name to 20 columns.
  fileprivate var hasTracefsColumns: Bool {
    var place = dash + 1
    while place.byte.isDigit { place += 1 }
    let digits = place - dash - 1
    while place.byte == 0x20 { place += 1 }
    if place.byte == UInt8(ascii: "(") { return true }
    guard place.byte == UInt8(ascii: "["), place - dash - 1 == max(7, digits) + 1 else { return false }
    return digits < 7 || nameCount < 20 && body - name == nameCount + 2
  }
}
