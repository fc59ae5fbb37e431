// The reader of the forms whose lines are records.

import KVMEvents

final class TextReader: RecordingReader {
  private var pipeline: TextPipeline
  private let form: any LineForm.Type

  /// Takes over a pipeline whose form was told.
  init(_ pipeline: consuming TextPipeline, of form: any LineForm.Type) {
    self.pipeline = pipeline
    self.form = form
  }

  func read(into events: UnsafeMutableBufferPointer<RecordedEvent>) throws(TraceReadError) -> Int {
    try form.read(&pipeline, into: events)
  }

  var tasks: [TraceTask] { pipeline.text.tasks.tasks }
  var names: [EventName] { pipeline.text.names.names }
  var issues: IssueLog { pipeline.text.issues }
  var lines: EventID { pipeline.lines }
  var incomplete: String? { pipeline.incomplete }

  var bytesRead: Int64 { pipeline.source.bytesRead }
  var totalBytes: Int64? { pipeline.source.totalBytes }
  var contentHash: ContentHash? { pipeline.isAtEnd ? pipeline.source.contentHash : nil }

  var formatDescription: String {
    let options = form.options(pipeline.text.traits)
    return "\(form.words), \(options.isEmpty ? "default" : options.joined(separator: ", "))"
  }
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
