// Which form a recording has, by its content.

/// The raw value says it in words, for the report.
package enum InputFormat: String, CaseIterable, Sendable {
  case traceCmdText = "trace-cmd report text"
  case traceDat = "a trace.dat of trace-cmd"
  case tracefsText = "tracefs text (trace or trace_pipe)"
  case consoleLog = "a console log with an ftrace dump"
  case webPage = "an HTML page with ftrace text"
  case perfData = "a perf.data"
  case perfScript = "perf script text"
  case bpftrace = "bpftrace output"

  /// What `--format` calls it.
  package var argument: String {
    switch self {
    case .traceCmdText: "trace-cmd"
    case .tracefsText: "tracefs"
    case .consoleLog: "console"
    case .webPage: "html"
    case .perfScript: "perf-script"
    case .bpftrace: "bpftrace"
    case .traceDat: "trace-dat"
    case .perfData: "perf-data"
    }
  }

  /// A binary form: without its first bytes there is none of it.
  package var isBinary: Bool {
    switch self {
    case .traceDat, .perfData: true
    case .traceCmdText, .tracefsText, .consoleLog, .webPage, .perfScript, .bpftrace: false
    }
  }
}

extension InputFormat {
  /// The form of a recording that begins with these bytes.
  ///
  /// `isWhole`: nothing comes after them, so that the last line counts though it has no newline.
  static func detect(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    if bytes.isEmpty { throw .notATrace(.empty) }
    if bytes.starts(with: [0x17, 0x08, 0x44]) { return .traceDat }
    if PerfDataHeader.isMagic(bytes) { return .perfData }
    if bytes.starts(with: PerfDataHeader.magicOfVersion1) { throw .unusableForm(.perfDataOfVersion1) }
    if let other = foreignMagic(bytes) { throw .notATrace(other) }
    if bytes.starts(with: tracefsHead) { return try tracefs(bytes, isWhole: isWhole) }
    if isMessage(bytes) { return .bpftrace }
    if TracePage.isPage(bytes) { return .webPage }
    let survey = TextSurvey(bytes, isWhole: isWhole)
    if let format = survey.format {
      if format == .perfScript, !survey.hasPerfFields { throw .perfScriptLacks([.trace]) }
      // Its head may stand behind blanks, and behind the command that printed it.
      if format == .traceCmdText, let head = headOfTracefs(bytes) { return try tracefs(head, isWhole: isWhole) }
      return format
    }
    if survey.isConsoleLog { return .consoleLog }
    let missing = PerfScriptColumns(bytes).missing
    if !missing.isEmpty { throw .perfScriptLacks(missing) }
    if isJSON(bytes) { throw .notATrace(.json) }
    let control = bytes.prefix(4096).count { $0 < 0x20 && !(0x07...0x0d).contains($0) && $0 != 0x1b }
    throw .notATrace(control * 50 > min(bytes.count, 4096) ? .binary : .text)
  }

  /// Text of tracefs whose head was printed: not all that it can print can be replayed.
  private static func tracefs(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    if bytes.starts(with: tracefsHead + Array("function_graph".utf8)) { throw .unusableForm(.functionGraph) }
    let lines = String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n")
    let head = lines.prefix { $0.first { $0 != " " } == "#" }
    if head.contains(where: { $0.contains(" latency trace v") }) { throw .unusableForm(.latency) }
    if TextSurvey(bytes, isWhole: isWhole).isRawTracefs { throw .unusableForm(.raw) }
    return .tracefsText
  }

  private static let tracefsHead = Array("# tracer: ".utf8)

  /// The text from its head on; nil: its first lines have none.
  private static func headOfTracefs(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var rest = bytes
    for _ in 0..<TextSurvey.headerLinesMax {
      let blanks = rest.prefix { $0 == 0x20 }.count
      if rest.dropFirst(blanks).starts(with: tracefsHead) {
        return UnsafeRawBufferPointer(rebasing: rest.dropFirst(blanks))
      }
      guard let newline = rest.firstIndex(of: 10) else { return nil }
      rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
    }
    return nil
  }

  /// It begins as an object or an array does; `[  203.990000] text` does not.
  private static func isJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let tokens = bytes.prefix(4096).filter { $0 > 0x20 }
    guard tokens.count > 1 else { return false }
    let next = tokens[1]
    if tokens[0] == UInt8(ascii: "{") { return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}") }
    guard tokens[0] == UInt8(ascii: "[") else { return false }
    if "{[\"]".utf8.contains(next) { return true }
    let behind = tokens.dropFirst().first { !$0.isDigit && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }
    return behind == UInt8(ascii: ",")
  }

  /// bpftrace's JSON: a message to a line, or several in an array.
  private static func isMessage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.first == UInt8(ascii: "{") && BpftraceMessage(Line(firstOf: bytes)) != nil
      || JSONObjectCutter.isOfMessages(bytes)
  }

  private static func foreignMagic(_ bytes: UnsafeRawBufferPointer) -> TraceReadError.NotATrace? {
    if bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) { return .elf }
    if bytes.starts(with: Array("SQLite format 3\0".utf8)) { return .sqlite }
    if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return .zip }
    if bytes.count > 262, bytes[257..<262].elementsEqual(Array("ustar".utf8)) { return .tar }
    return nil
  }
}
