// Text of tracefs, of `trace` and of `trace_pipe`: the format.

import KVMEvents

enum TracefsText: LineForm {
  static let argument = "tracefs"
  static let words = "tracefs text (trace or trace_pipe)"
  static let printer: String? = "tracefs"
  static let cutting = InputFormat.Cutting.lines

  private static let head = Array("# tracer: ".utf8)

  /// By the header, if it was printed. Not every tracefs output can be replayed.
  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> Bool {
    guard bytes.starts(with: head) else { return false }
    if bytes.starts(with: head + Array("function_graph".utf8)) { throw .unusableForm(.functionGraph) }
    let lines = String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n")
    let front = lines.prefix { $0.first { $0 != " " } == "#" }
    if front.contains(where: { $0.contains(" latency trace v") }) { throw .unusableForm(.latency) }
    let survey = TextSurvey(bytes, isWhole: isWhole)
    if survey.records(of: TraceCmdText.self) == 0, !survey.others.isEmpty, survey.others.allSatisfy(isRaw) {
      throw .unusableForm(.raw)
    }
    return true
  }

  /// `PID CPU NANOSECONDS …`, as `options/raw` prints.
  private static func isRaw(_ line: Line) -> Bool {
    var place = line.start
    for _ in 0..<3 where decimal(&place, line.end) == nil || !skip(" ", &place, line.end) { return false }
    return true
  }

  /// The text from its header on; nil: its first lines have none.
  static func fromHead(_ bytes: UnsafeRawBufferPointer, linesMax: Int) -> UnsafeRawBufferPointer? {
    var rest = bytes
    for _ in 0..<linesMax {
      let blanks = rest.prefix { $0 == 0x20 }.count
      if rest.dropFirst(blanks).starts(with: head) { return UnsafeRawBufferPointer(rebasing: rest.dropFirst(blanks)) }
      guard let newline = rest.firstIndex(of: 10) else { return nil }
      rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
    }
    return nil
  }

  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign? {
    if finder.find(line, TraceCmdText.self)?.hasTracefsColumns == true { return .record }
    return TracefsNote(line, isInHead: true) == nil ? nil : .note
  }

  static let columns: [HeadColumns] = [.wide]

  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine {
    guard let note = TracefsNote(line, isInHead: text.lastTime == .min) else { return .unknown }
    return text.read(note, line, id: id, into: &event)
  }

  static func options(_ traits: TextTraits) -> [String] {
    var options: [String] = []
    if traits.hasRawStamps { options.append("raw time stamps") }
    if traits.hasThreadGroups { options.append("TGID column") }
    if !traits.hasFlags { options.append("no flags columns") }
    if traits.isRaw { options.append("fields") }
    return options
  }

  static let microseconds = "(truncated by the kernel): trace-cmd records nanoseconds"
}

extension InputFormat {
  package static let tracefsText = InputFormat(TracefsText.self)
}

extension TraceReadError.UnusableForm {
  package static let latency = Self(
    "text of tracefs in its latency format, whose times are relative: print it with options/latency-format off")
  package static let raw = Self(
    "text of tracefs with options/raw, which prints numbers without names: print it with options/raw off")
  package static let functionGraph = Self(
    "text of tracefs' function_graph tracer, which does not say whose events are whose: record with nop")
}

extension RecordHead {
  /// tracefs gives the pid 7 columns where trace-cmd gives it 5, or prints the thread group after it. A pid that fills
  /// the 7 looks the same in both; then trace-cmd's blanks decide, which pad a name to 20 columns.
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
