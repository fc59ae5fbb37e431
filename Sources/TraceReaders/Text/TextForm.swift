// What a form of text is: all in which it differs from the others.

import KVMEvents

/// A form of text: one type in a folder of its own, and one line in `InputFormat.texts`.
protocol TextForm: SendableMetatype {
  /// What `--format` calls it.
  static var argument: String { get }
  /// What it is in words, for the report.
  static var words: String { get }
  /// Whose text it is, for `--help`; nil: it is another form's text in a wrapping.
  static var printer: String? { get }
  static var cutting: InputFormat.Cutting { get }
  /// What an event of this name is called in a cut, which is text of trace-cmd.
  static func nameInCut(of event: String) -> String

  // MARK: How a text is known to be of it

  /// Whether these are the first bytes of such a text. Throws where they are, and it cannot be replayed: then the error
  /// says what to ask for instead.
  static func begins(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> Bool
  /// What the line, the `number`th, says for this form; nil: nothing.
  static func sign(_ line: Line, number: Int, _ finder: inout HeadFinder) -> LineSign?
  /// Looks again at a text that is of this form by its lines: which form it is, or why it cannot be replayed.
  static func confirmed(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(TraceReadError) -> InputFormat
  /// Whether a text most of whose lines are of no form is of this one all the same. Throws as `begins` does.
  static func isLeftOver(_ survey: TextSurvey, _ bytes: UnsafeRawBufferPointer) throws(TraceReadError) -> Bool

  // MARK: How it is read

  /// The catalogue by which its events are read, out of the one that was asked for.
  static func catalogue(_ catalogue: ProbeCatalogue) -> ProbeCatalogue
  static func reader(_ pipeline: consuming TextPipeline) -> any RecordingReader
  /// Where the columns of a head may stand; the first is tried first.
  static var columns: [HeadColumns] { get }
  /// The first record is watched (`TraceText.isWatching`).
  static var isWatchedFromTheStart: Bool { get }
  /// A record that is no event and says that events were lost.
  static func loss(_ head: RecordHead, _ line: Line) -> LossMarker?
  /// What no text of this form tells, whatever was recorded: a `form_limit`.
  static var limit: String? { get }
  /// Why a text without any record is none of this form; nil: it is one.
  static var withoutRecords: TraceReadError.NotATrace? { get }
}

/// A form whose lines are records, in their order: `TextReader` reads it.
///
/// What has a default below is as in text of trace-cmd. What every line comes through (`holds`, `readsHeads`, `head`,
/// `headElsewhere`, `loss`) is called from loops that are generic over the form and compiled once for each: no line is
/// dispatched dynamically, and what one form needs costs the lines of the others nothing.
protocol LineForm: TextForm {
  /// Whether the line is one of the text, and not of what the text is wrapped in.
  static func holds(_ line: Line, _ page: inout TracePage) -> Bool
  /// It reads its heads itself: they do not stand in `columns`.
  static var readsHeads: Bool { get }
  /// Then: the head of a record whose comm column begins at `start`.
  static func head(at start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(HeadFailure) -> RecordHead
  /// The same where the finder's last place has none; the reason is the finder's `failure`.
  static func headElsewhere(_ line: Line, _ finder: inout HeadFinder) -> RecordHead?
  /// A record that is watched gives its place to a loss before it. True: `event` is that.
  static func deliversLoss(
    before head: RecordHead, _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> Bool
  /// A line that is no record and no loss marker.
  static func readOther(
    _ line: Line, id: EventID, _ text: inout TraceText, into event: inout RecordedEvent
  ) -> OtherLine
  /// The options that a text was printed with.
  static func options(_ traits: TextTraits) -> [String]
  /// Why stamps are in microseconds, and what to ask for instead.
  static var microseconds: String { get }
  /// Why comms are cut to 8 bytes, and what to ask for instead.
  static var cutComms: String { get }
  /// `TextPipeline.read`, compiled for this form.
  static func read(
    _ pipeline: inout TextPipeline, into events: UnsafeMutableBufferPointer<RecordedEvent>
  ) throws(TraceReadError) -> Int
}

/// What a line of a text's front says for a form.
enum LineSign {
  /// The text is of this form, whatever else it holds.
  case decisive
  case record
  /// It goes with records of this form, and speaks neither for it nor against it.
  case note
}

/// What became of a line that is no record and no loss marker.
enum OtherLine {
  /// It told of a loss, which is the event.
  case event
  /// It has nothing to deliver.
  case passed
  /// It is none that the form has.
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
