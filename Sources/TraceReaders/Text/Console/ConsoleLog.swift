// A console log with an ftrace dump: the format.

import KVMEvents

enum ConsoleLog: LineForm {
  static let argument = "console"
  static let words = "a console log with an ftrace dump"

  /// Most lines are the kernel's log; a dump may begin late in it.
  static func isLeftOver(_ survey: TextSurvey, _ bytes: UnsafeRawBufferPointer) -> Bool {
    survey.others.count { ConsoleLine($0) != nil } * 2 > survey.lines
  }

  static func headElsewhere(_ line: Line, _ finder: inout HeadFinder) -> RecordHead? {
    finder.findBehind((ConsoleLine(line)?.text.start ?? line.start) - line.start, line)
  }

  static let isWatchedFromTheStart = true

  static func deliversLoss(
    before head: RecordHead, _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> Bool {
    text.dump == .outside
      ? text.deliversBeginOfDump(line, id: id, into: &event)
      : text.deliversLeftover(of: head.cpu, line, id: id, into: &event)
  }

  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine {
    text.readConsole(line, id: id, into: &event)
  }

  static func options(_ traits: TextTraits) -> [String] {
    traits.isLatencyForm ? ["as ftrace_dump() prints it"] : TracefsText.options(traits)
  }

  static let limit: String? =
    "a console may lose lines of a dump, and a dump may be of one CPU (orig_cpu): neither is told"
  static let microseconds = TracefsText.microseconds
  static let cutComms = "comms are cut to 8 bytes, as ftrace_dump() prints them"
  static let withoutRecords: TraceReadError.NotATrace? = .consoleLog
}

extension InputFormat {
  package static let consoleLog = InputFormat(ConsoleLog.self)
}

extension TraceReadError.NotATrace {
  package static let consoleLog = Self("is a console log, and no record of an ftrace dump stands in it")
}
