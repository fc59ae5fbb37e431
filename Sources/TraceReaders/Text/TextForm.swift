// The interface of a text format: everything that distinguishes it from the others.

import KVMEvents

/// A text format: one type in a folder of its own, and one line in `InputFormat.texts`.
protocol TextForm: SendableMetatype {
  /// Its name for `--format`.
  static var argument: String { get }
  /// Its description, for the report.
  static var words: String { get }
  /// The program that prints it, for `--help`; nil: it is another format's text in a wrapper.
  static var printer: String? { get }
  static var cutting: InputFormat.Cutting { get }
  /// What an event of this name is called in a cut, which is text of trace-cmd.
  static func nameInCut(of event: String) -> String

  // MARK: How a text is known to be of it

  /// Whether these are the first bytes of such a text. Throws if they are, but it cannot be replayed: then the error
  /// says what to use instead.
  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> Bool
  /// What the line, the `number`th, says about this format; nil: nothing.
  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign?
  /// Re-examines a text whose lines have this format: which format it is, or why it cannot be replayed.
  static func confirmed(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat
  /// Whether a text is in this format although most of its lines match none. Throws as `begins` does.
  static func isLeftOver(_ survey: TextSurvey, _ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool

  // MARK: How it is read

  /// The catalogue by which its events are read, from the requested one.
  static func catalogue(_ catalogue: ProbeCatalogue) -> ProbeCatalogue
  static func reader(_ pipeline: consuming TextPipeline) -> any RecordingReader
  /// Possible columns of a header; the first is tried first.
  static var columns: [HeadColumns] { get }
  /// The first record is watched (`TraceText.isWatching`).
  static var isWatchedFromTheStart: Bool { get }
  /// A record that is not an event but reports lost events.
  static func loss(_ head: RecordHead, _ line: Line) -> LossMarker?
  /// What no text of this format shows, whatever was recorded: a `form_limit`.
  static var limit: String? { get }
  /// Why a text without any record is not in this format; nil: it is.
  static var withoutRecords: TraceReadError.NotATrace? { get }
}

/// A format whose lines are records, in order: `TextReader` reads it.
///
/// The defaults below are those of trace-cmd's text. What every line passes (`holds`, `readsHeads`, `head`,
/// `headElsewhere`, `loss`) is called from loops that are generic over the format and compiled once for each: no line
/// is dispatched dynamically, and the needs of one format cost the lines of the others nothing.
protocol LineForm: TextForm {
  /// Whether the line belongs to the text, and not to its wrapper.
  static func holds(_ line: Line, _ page: inout TracePage) -> Bool
  /// It reads its headers itself: they are not in `columns`.
  static var readsHeads: Bool { get }
  /// Then: the header of a record whose comm column begins at `start`.
  static func head(at start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) -> RecordHead
  /// The same if the finder's last position has none; the reason is the finder's `failure`.
  static func headElsewhere(_ line: Line, _ finder: inout HeadFinder) -> RecordHead?
  /// A record that is watched becomes the loss before it. True: `event` is that.
  static func deliversLoss(
    before head: RecordHead, _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> Bool
  /// A line that is neither a record nor a loss marker.
  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine
  /// The options with which a text was printed.
  static func options(_ traits: TextTraits) -> [String]
  /// Why stamps are in microseconds, and what to use instead.
  static var microseconds: String { get }
  /// Why comms are cut to 8 bytes, and what to use instead.
  static var cutComms: String { get }
  /// `TextPipeline.read`, compiled for this format.
  static func read(
    _ pipeline: inout TextPipeline, into events: UnsafeMutableBufferPointer<RecordedEvent>
  ) throws(TraceReadError) -> Int
}

/// What a line near the start of a text says about a format.
enum LineSign {
  /// The text is in this format, whatever else it holds.
  case decisive
  case record
  /// It occurs with records of this format, but is no evidence for or against it.
  case note
}

/// The result for a line that is neither a record nor a loss marker.
enum OtherLine {
  /// It reported a loss, which is the event.
  case event
  /// It has nothing to deliver.
  case passed
  /// The format has no such line.
  case unknown
}

extension TextForm {
  static var printer: String? { nil }
  static var cutting: InputFormat.Cutting { .events }
  static func nameInCut(of event: String) -> String { event }

  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> Bool { false }
  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign? { nil }
  static func confirmed(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat {
    InputFormat(Self.self)
  }
  static func isLeftOver(_ survey: TextSurvey, _ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool { false }

  static func catalogue(_ catalogue: ProbeCatalogue) -> ProbeCatalogue { catalogue }
  static var columns: [HeadColumns] { [.wide, .latency] }
  static var isWatchedFromTheStart: Bool { false }
  @inline(__always) static func loss(_ head: RecordHead, _ line: Line) -> LossMarker? { nil }
  static var limit: String? { nil }
  static var withoutRecords: TraceReadError.NotATrace? { nil }
}

extension LineForm {
  static func reader(_ pipeline: consuming TextPipeline) -> any RecordingReader { TextReader(pipeline, of: Self.self) }
  static func read(
    _ pipeline: inout TextPipeline, into events: UnsafeMutableBufferPointer<RecordedEvent>
  ) throws(TraceReadError) -> Int {
    try pipeline.read(Self.self, into: events)
  }

  @inline(__always) static func holds(_ line: Line, _ page: inout TracePage) -> Bool { true }
  static var readsHeads: Bool { false }
  static func head(at start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) -> RecordHead {
    throw .noTask
  }
  static func headElsewhere(_ line: Line, _ finder: inout HeadFinder) -> RecordHead? { finder.findElsewhere(line) }
  @inline(__always)
  static func deliversLoss(
    before head: RecordHead, _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> Bool {
    text.deliversLeftover(of: head.cpu, line, id: id, into: &event)
  }
  static var cutComms: String { "comms are cut to 8 bytes (`-l`): without it `trace-cmd report` prints them whole" }
}
