// An HTML page with text of tracefs: the format.

import KVMEvents

enum WebPage: LineForm {
  static let argument = "html"
  static let words = "an HTML page with ftrace text"

  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool { TracePage.isPage(bytes) }

  static let columns = TracefsText.columns
  static func holds(_ line: Line, _ page: inout TracePage) -> Bool { page.holds(line) }

  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine {
    TracefsText.readOther(line, id: id, &text, into: &event)
  }

  static func options(_ traits: TextTraits) -> [String] { TracefsText.options(traits) }

  static let microseconds = TracefsText.microseconds
  static let withoutRecords: TraceReadError.NotATrace? = .webPage
}

extension InputFormat {
  package static let webPage = InputFormat(WebPage.self)
}

extension TraceReadError.NotATrace {
  package static let webPage = Self(
    "is an HTML page without ftrace text (<script class=\"trace-data\">): save the text alone, from tracefs or trace-cmd report"
  )
}
