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
  private let reader: any RecordingReader
  private let batchSize: Int
  /// The form of the recording.
  package let format: InputFormat

  /// Opens the input and looks at its first block: what is no recording is turned away here.
  package init(_ input: TraceInput, options: TraceReadOptions = TraceReadOptions()) throws(TraceReadError) {
    precondition(options.blockSize > 0 && options.batchSize > 0, "blocks and batches hold something")
    var pipeline = try TextPipeline(input, options: options)
    format = try pipeline.survey()
    batchSize = options.batchSize
    switch format.content {
    case .text(let form):
      pipeline.begin(form)
      reader = form.reader(pipeline)
    case .records(let form):
      reader = try form.reader(try pipeline.seekable(bytesMax: options.spooledBytesMax), options: options)
    }
  }

  /// Replaces the batch by the next events, in the recording's order; false: there are no more.
  package func read(into batch: inout [RecordedEvent]) throws(TraceReadError) -> Bool {
    // The events are written where they stay: the batch keeps its size from call to call.
    if batch.count != batchSize { batch = Array(repeating: RecordedEvent(), count: batchSize) }
    let count = try batch.withUnsafeMutableBufferPointer { events throws(TraceReadError) in
      try reader.read(into: events)
    }
    batch.removeLast(batchSize - count)
    return count > 0
  }
}

extension TraceReader {
  package var tasks: [TraceTask] { reader.tasks }
  package var names: [EventName] { reader.names }
  /// Lines met so far; of a binary recording, records.
  package var lines: EventID { reader.lines }
  /// Why the recording is not whole, as a sentence; nil: it is, as far as it was read.
  package var incomplete: String? { reader.incomplete }
  /// The first issues of each kind, by line.
  package var issues: [ImportIssue] { reader.issues.issues }
  /// How often each kind was met; an event that the catalogue does not have counts once per name.
  package var issueCounts: [ImportIssueKind: Int64] { reader.issues.counts }

  /// What the recording says of itself, as far as it was read.
  package var marks: [RecordingMark] { reader.marks }

  /// Bytes read from the file, as they stand in it.
  package var bytesRead: Int64 { reader.bytesRead }
  /// The file's size; nil where it is not known beforehand.
  package var totalBytes: Int64? { reader.totalBytes }
  /// The hash of the bytes as they stand in the file; nil until all are read.
  package var contentHash: ContentHash? { reader.contentHash }

  /// The form in words, with what there is to say about this recording's.
  package var formatDescription: String { reader.formatDescription }
  /// What one step of the time stamps is worth: 1, or 1000 where they are in microseconds (rounded by trace-cmd).
  package var timestampResolutionNs: Int64 { reader.timestampResolutionNs }
  /// What the stamps count, as far as the recording tells.
  package var stampUnit: StampUnit { reader.stampUnit }
  /// The trace clock; nil where nothing tells, as in all text of trace-cmd.
  package var clock: TraceClock? { reader.clock }
  /// How the clock is known; `.assumed` where it is nil.
  package var clockSource: ClockSource { reader.clockSource }
  /// Of the recorded kernel; nil: nothing has told it so far. Where a recording tells, it does before its first event.
  package var kernelRelease: KernelRelease? { reader.kernelRelease }
  /// What the events' ids count.
  package var eventPlace: EventPlace { reader.eventPlace }

  /// What is known of the recording as far as it was read: all but what the importer knows.
  package var facts: RecordingFacts {
    var facts = RecordingFacts(
      format: formatDescription, byteCount: bytesRead, lineCount: lines, clock: clock ?? .local,
      clockSource: clockSource, stampUnit: stampUnit, resolutionNs: timestampResolutionNs, eventPlace: eventPlace)
    facts.contentHash = contentHash?.description
    facts.incomplete = incomplete
    facts.kernelRelease = kernelRelease
    return facts
  }
}
