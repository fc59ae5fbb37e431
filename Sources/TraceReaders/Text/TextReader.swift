// The reader of the text forms.

import KVMEvents

final class TextReader: RecordingReader {
  private var pipeline: TextPipeline
  private let format: InputFormat

  /// Takes over a pipeline whose form was told.
  init(_ pipeline: consuming TextPipeline, format: InputFormat) {
    self.pipeline = pipeline
    self.format = format
  }

  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    try pipeline.read(into: events)
  }

  var tasks: [TraceTask] { pipeline.text.tasks.tasks }
  var names: [EventName] { pipeline.text.names.names }
  var issues: IssueLog { pipeline.text.issues }
  var lines: EventID { pipeline.lines }
  var incomplete: String? { pipeline.incomplete }

  var bytesRead: Int64 { pipeline.source.bytesRead }
  var totalBytes: Int64? { pipeline.source.totalBytes }
  var contentHash: ContentHash? { pipeline.isAtEnd ? pipeline.source.contentHash : nil }

  var formatDescription: String { "\(format.rawValue), \(pipeline.text.traits.description(of: format))" }
  /// 1, or 1000 where the stamps are in microseconds (rounded by trace-cmd, truncated by the kernel and perf).
  var timestampResolutionNs: Int64 { pipeline.text.traits.hasMicroseconds ? 1000 : 1 }
  /// Without a point: of a clock that is no time, or printed with `--raw-ts`, and no text says which.
  var stampUnit: StampUnit { pipeline.text.traits.beginsRaw ? .tick : .ns }
  /// No text of trace-cmd, tracefs or perf says which clock stamped it; what `gpc-replay record` wrote into the
  /// recording does.
  var clock: TraceClock? { marks.clock }
  var clockSource: ClockSource { clock == nil ? .assumed : .recorded }
  var marks: [RecordingMark] { pipeline.text.marks.marks }
  var kernelRelease: KernelRelease? { pipeline.text.kernelRelease ?? marks.kernelRelease }
  var eventPlace: EventPlace { .line }
}
