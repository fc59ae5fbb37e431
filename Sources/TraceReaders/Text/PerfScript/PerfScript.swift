// Text of `perf script`: the format.

import KVMEvents

enum PerfScript: LineForm {
  static let argument = "perf-script"
  static let words = "perf script text"
  static let printer: String? = "perf script"

  /// The options that print all that an event needs.
  static let command = "perf script --ns -F comm,tid,cpu,time,event,trace"

  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign? {
    if head(of: line) != nil { return .record }
    return PerfScriptNote(line) == nil ? nil : .note
  }

  private static func head(of line: Line) -> RecordHead? {
    var finder = HeadFinder(columns)
    return finder.find(line, Self.self)
  }

  /// A record that only names its event has lost its fields, if all do.
  static func confirmed(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    let hasFields = TextSurvey.frontLines(of: bytes, isWhole: isWhole).contains { line in
      head(of: line).map { $0.body < line.end } ?? false
    }
    if !hasFields { throw .unusableForm(.perfScript(lacking: [.trace])) }
    return .perfScript
  }

  /// Text of perf script that lacks a column has no headers.
  static func isLeftOver(_ survey: TextSurvey, _ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool {
    let missing = PerfScriptColumns(bytes).missing
    if !missing.isEmpty { throw .unusableForm(.perfScript(lacking: missing)) }
    return false
  }

  static let columns: [HeadColumns] = [.own]

  static var readsHeads: Bool { true }
  static func head(at start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) -> RecordHead {
    try RecordHead(perfAt: start, end)
  }

  static func headElsewhere(_ line: Line, _ finder: inout HeadFinder) -> RecordHead? {
    finder.attempt { () throws(HeadFailure) in try RecordHead(unpaddedPerf: line) }
  }

  /// `… PERF_RECORD_LOST lost 7`, as `--show-lost-events` prints it.
  static func loss(_ head: RecordHead, _ line: Line) -> LossMarker? {
    var name = head.name
    guard skip("PERF_RECORD_LOST", &name, line.end) else { return nil }
    var place = head.body
    let count = skip("lost ", &place, line.end) ? decimal(&place, line.end) : nil
    return LossMarker(cpu: head.cpu, count: count)
  }

  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine {
    guard let note = PerfScriptNote(line) else { return .unknown }
    if case .release(let release) = note { text.kernelRelease = text.kernelRelease ?? release }
    return .passed
  }

  static func options(_ traits: TextTraits) -> [String] {
    var options: [String] = []
    if traits.hasNanoseconds { options.append("--ns") }
    if traits.hasThreadGroups { options.append("pid/tid") }
    return options
  }

  static let limit: String? = "lost events are told only by `perf script --show-lost-events`"
  static let microseconds = "(truncated by perf): `perf script --ns` prints nanoseconds"
}

extension InputFormat {
  package static let perfScript = InputFormat(PerfScript.self)
}

extension TraceReadError.UnusableForm {
  /// Text of perf script without these columns.
  package static func perfScript(lacking columns: [PerfScriptColumn]) -> Self {
    Self(
      "perf script text without \(columns.map { "\($0.meaning) (\($0.rawValue))" }.joined(separator: " and ")): "
        + "print it with `\(PerfScript.command)`")
  }
}
