// The door of this module: a recording's bytes in, its events out, batch by batch.

import KVMEvents

/// Reads one recording from its beginning to its end.
///
///     let reader = try TraceReader(.file(path: "trace.txt.zst"))
///     var batch: [RecordedEvent] = []
///     while try reader.read(into: &batch) { … }
///
/// `tasks`, `names` and the counters grow while reading; an event's `task` and `name` are places in them.
package final class TraceReader {
  private var source: ByteSource
  private var splitter: LineSplitter
  private var text: TraceCmdText
  private let batchSize: Int
  private var isAtEnd: Bool

  /// Lines met so far.
  package private(set) var lines: EventID = 0
  /// The form of the recording.
  package let format: InputFormat
  /// Why the recording is not whole, as a sentence; nil: it is, as far as it was read.
  package private(set) var incomplete: String?

  /// Opens the input and looks at its first block: what is no recording is turned away here.
  package init(_ input: TraceInput, options: TraceReadOptions = TraceReadOptions()) throws(TraceReadError) {
    precondition(options.blockSize > 0 && options.batchSize > 0, "blocks and batches hold something")
    var source = try ByteSource(input, blockSize: options.blockSize)
    var splitter = LineSplitter(blockSize: options.blockSize)
    var isAtEnd = false
    while splitter.undelivered.count < Self.surveyedBytes, !isAtEnd {
      isAtEnd = try Self.fill(&splitter, from: &source)
    }
    if let reason = source.breakOff, splitter.undelivered.isEmpty { throw .damagedFromTheStart(reason) }
    let isWhole = isAtEnd && source.breakOff == nil
    let format = try InputFormat.detect(splitter.undelivered, isWhole: isWhole)
    if format != .traceCmdText { throw .notReadYet(format) }
    self.format = format
    self.source = source
    self.splitter = splitter
    self.isAtEnd = isAtEnd
    text = TraceCmdText(catalogue: options.catalogue, keepsUnknown: options.keepsUnknown)
    batchSize = options.batchSize
    if isAtEnd { end() }
  }

  /// Bytes that have to be here before the form is told.
  private static let surveyedBytes = 1 << 16

  /// Replaces the batch by the next events, in the recording's order; false: there are no more.
  package func read(into batch: inout [RecordedEvent]) throws(TraceReadError) -> Bool {
    batch.removeAll(keepingCapacity: true)
    batch.reserveCapacity(batchSize)
    var event = RecordedEvent()
    while batch.count < batchSize {
      if let line = splitter.next() {
        lines += 1
        if text.read(line, id: lines, before: splitter.lineBefore, screen: splitter.screen, into: &event) {
          batch.append(event)
        }
      } else if isAtEnd {
        break
      } else {
        isAtEnd = try Self.fill(&splitter, from: &source)
        if isAtEnd { end() }
      }
    }
    return !batch.isEmpty
  }

  /// True: there was nothing more.
  private static func fill(_ splitter: inout LineSplitter, from source: inout ByteSource) throws(TraceReadError) -> Bool
  {
    let count = try source.read(into: splitter.room())
    splitter.commit(count)
    return count == 0
  }

  private func end() {
    if let reason = source.breakOff {
      incomplete = "\(reason); what came out before it was read"
    }
    splitter.finish(dropsUnfinishedLine: source.breakOff != nil)
  }
}

extension TraceReader {
  package var tasks: [TraceTask] { text.tasks.tasks }
  package var names: [EventName] { text.names.names }
  /// The first issues of each kind, by line.
  package var issues: [ImportIssue] { text.issues.issues }
  /// How often each kind was met; an event that the catalogue does not have counts once per name.
  package var issueCounts: [ImportIssueKind: Int64] { text.issues.counts }

  /// Bytes read from the file, as they stand in it.
  package var bytesRead: Int64 { source.bytesRead }
  /// The file's size; nil where it is not known beforehand.
  package var totalBytes: Int64? { source.totalBytes }
  /// The hash of the bytes as they stand in the file; nil until all are read.
  package var contentHash: ContentHash? { isAtEnd ? source.contentHash : nil }

  /// The form in words, with the options it was printed with as far as they were seen.
  package var formatDescription: String { "\(format.rawValue), \(text.traits.description)" }
  /// What one step of the time stamps is worth: 1, or 1000 where they are in microseconds (rounded by trace-cmd).
  package var timestampResolutionNs: Int64 { text.traits.hasMicroseconds ? 1000 : 1 }
  /// The trace clock; nil where the recording does not say, as no text of trace-cmd does.
  package var clock: TraceClock? { nil }
}
