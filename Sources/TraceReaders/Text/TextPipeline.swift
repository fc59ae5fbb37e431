// Bytes to lines to events: the stages of a text, in one value, so that the loop over the lines runs inside it.

import KVMEvents

struct TextPipeline: ~Copyable {
  var source: ByteSource
  var splitter: LineSplitter
  var text: TraceText
  private var form: any TextForm.Type = TraceCmdText.self
  private(set) var isAtEnd = false
  /// The last lines may still wait for what comes after them.
  private var isUnfinished = false
  private(set) var lines: EventID = 0
  /// Why the recording is incomplete, as a sentence.
  private(set) var incomplete: String?
  private let options: TraceReadOptions
  /// The last line has no newline.
  private var endsInsideLine = false
  /// Which lines of a page belong to the text.
  private var page = TracePage()
  /// What the first bytes look like, if a format was requested.
  private var firstLook: Result<InputFormat, TraceReadError>?

  /// Bytes that are needed to recognise the format.
  private static let surveyedBytes = 1 << 16

  init(_ input: TraceInput, options: TraceReadOptions) throws(TraceReadError) {
    source = try ByteSource(input, blockSize: options.blockSize, unpackedMax: options.unpackedMax)
    splitter = LineSplitter(blockSize: options.blockSize)
    text = TraceText(catalogue: options.catalogue, keepsUnknown: options.keepsUnknown)
    self.options = options
  }

  /// Of the whole input; nil until all is read.
  var contentHash: String? { isAtEnd ? source.contentHash.description : nil }

  /// Reads the lines in this format. Before the first line.
  mutating func begin(_ form: any TextForm.Type) {
    self.form = form
    text = TraceText(form, catalogue: form.catalogue(options.catalogue), keepsUnknown: options.keepsUnknown)
    if isAtEnd, let reason = source.breakOff { noteTruncation(reason) }
  }

  private mutating func noteTruncation(_ reason: String) {
    text.issues.note(.truncated, line: lines, reason, nil)
  }

  /// The format of the recording, by its first block.
  mutating func survey() throws(TraceReadError) -> InputFormat {
    while splitter.undelivered.count < Self.surveyedBytes, !isAtEnd { try fill() }
    if let reason = source.breakOff, !splitter.undelivered.contains(10) { throw .damagedFromTheStart(reason) }
    let look = self.look()
    guard let format = options.format, !splitter.undelivered.isEmpty else { return try look.get() }
    firstLook = look
    // Which lines are events of a text is known at its end.
    if format.isBinary { try confirmForm() }
    return format
  }

  private borrowing func look() -> Result<InputFormat, TraceReadError> {
    do throws(TraceReadError) {
      return .success(try InputFormat.detect(splitter.undelivered, isWhole: isAtEnd && source.breakOff == nil))
    } catch {
      return .failure(error)
    }
  }

  /// Rejects an input that was to be read in one format, has no event of it, and does not begin like it either.
  func confirmForm() throws(TraceReadError) {
    guard let asked = options.format, let found = try firstLook?.get(), found != asked else { return }
    throw .notOfForm(asked, looksLike: found)
  }

  /// Puts the next events at the start of `events`; fewer than there is room for only at the end.
  mutating func read<Form: LineForm>(
    _ form: Form.Type, into events: UnsafeMutableBufferPointer<RecordedEvent>
  ) throws(TraceReadError) -> Int {
    var count = 0
    while count < events.count {
      if let line = splitter.next() {
        lines += 1
        if !Form.holds(line, &page) { continue }
        let before = splitter.lineBefore
        if text.read(line, form, id: lines, before: before, screen: splitter.screen, into: &events[count]) {
          count += 1
        }
      } else if isAtEnd {
        if isUnfinished { try finishText() }
        isUnfinished = false
        break
      } else {
        try fill()
      }
    }
    return count
  }

  /// The last line needs no newline; but one that is also malformed is part of a line, and the value at its end may be
  /// part of a value.
  ///
  /// - Parameters:
  ///   - endsInsidePrinted: for texts whose lines are printed inside messages: the last printed one has no newline.
  ///   - isOdd: the last line is malformed in a way that is not an issue elsewhere.
  ///   - place: what it ends in.
  mutating func finishText(
    endsInsidePrinted: Bool = false, isOdd: Bool = false, inside place: String = "a line"
  ) throws(TraceReadError) {
    text.giveUpFragment()
    if !text.names.hasEvents { try confirmForm() }
    if text.lastTime == .min, let other = form.withoutRecords { throw .notATrace(other) }
    guard incomplete == nil, endsInsideLine || endsInsidePrinted,
      isOdd || text.issues.lastWrongLine == lines
    else { return }
    incomplete = "the text ends inside \(place); what stands there was read"
    noteTruncation("the text ends inside \(place)")
  }

  /// The next line, for a reader that makes more or less of it than one event; nil: there are no more.
  mutating func nextLine() throws(TraceReadError) -> Line? {
    while true {
      if let line = splitter.next() {
        lines += 1
        return line
      }
      if isAtEnd { return nil }
      try fill()
    }
  }

  /// The next byte, for a reader that ignores lines; nil: there are no more.
  mutating func nextByte() throws(TraceReadError) -> UInt8? {
    while true {
      if let byte = splitter.nextByte() {
        if lines == 0 || byte == 0x0a { lines += 1 }
        return byte
      }
      if isAtEnd { return nil }
      try fill()
    }
  }

  private mutating func fill() throws(TraceReadError) {
    let count = try source.read(into: splitter.room())
    splitter.commit(count)
    guard count == 0 else { return }
    isAtEnd = true
    endsInsideLine = splitter.endsInsideLine
    splitter.finish(dropsUnfinishedLine: source.breakOff != nil)
    isUnfinished = true
    if let reason = source.breakOff {
      incomplete = "\(reason); what came out before it was read"
      noteTruncation(reason)
    }
  }
}
