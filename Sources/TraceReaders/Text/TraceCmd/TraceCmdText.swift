// Text of `trace-cmd report`: the format.

import KVMEvents

/// Every other text format is defined by its differences from this one.
enum TraceCmdText: LineForm {
  static let argument = "trace-cmd"
  static let words = "trace-cmd report text"
  static let printer: String? = "trace-cmd report"
  static let cutting = InputFormat.Cutting.lines

  /// `cpus=N` is a report's first line, except for a few warnings.
  private static let headerLinesMax = 20

  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign? {
    if number < headerLinesMax, ReportNote(line, prefix: finder.prefix) == .cpus { return .decisive }
    if finder.find(line, Self.self) != nil { return .record }
    let isNote = LossMarker(line, prefix: finder.prefix) != nil || ReportNote(line, prefix: finder.prefix) != nil
    return isNote ? .note : nil
  }

  /// Text of tracefs whose pids fill their columns looks the same: its header decides. Blanks may precede it, and the
  /// command that printed it.
  static func confirmed(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    guard let text = TracefsText.fromHead(bytes, linesMax: headerLinesMax) else { return .traceCmdText }
    return try TracefsText.begins(text, isWhole: isWhole) ? .tracefsText : .traceCmdText
  }

  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine {
    // tracefs text whose records look like trace-cmd's, as those of pids with seven digits do.
    if let note = TracefsNote(lossIn: line) { return text.read(note, line, id: id, into: &event) }
    guard let note = ReportNote(line, prefix: text.finder.prefix) else { return .unknown }
    if note == .empty { text.keepFragment(line, id: id) }
    return .passed
  }

  static func options(_ traits: TextTraits) -> [String] {
    var options: [String] = []
    if traits.hasNanoseconds { options.append("-t") }
    if traits.hasRawStamps { options.append("raw time stamps") }
    if traits.isLatencyForm { options.append("-l") }
    if traits.isRaw { options.append("-R") }
    if traits.hasFlags, !traits.isLatencyForm { options.append("flags column") }
    return options
  }

  static let microseconds = "(rounded): `-t` prints nanoseconds"
}

extension InputFormat {
  package static let traceCmdText = InputFormat(TraceCmdText.self)
}
