// The reader of the formats whose lines are records.

import KVMEvents

final class TextReader: RecordingReader {
  private var pipeline: TextPipeline
  private let form: any LineForm.Type

  /// Takes over a pipeline whose format is known.
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
  var marks: [RecordingMark] { pipeline.text.marks.marks }
  var bytesRead: Int64 { pipeline.source.bytesRead }
  var totalBytes: Int64? { pipeline.source.totalBytes }

  var facts: RecordingFacts {
    let traits = pipeline.text.traits
    let options = form.options(traits)
    // No text of trace-cmd, tracefs or perf names its clock; what `gpc-replay record` wrote into the recording does.
    // Stamps without a decimal point are of a clock that does not measure time, or were printed with `--raw-ts`, and no
    // text says which; microseconds are rounded by trace-cmd, truncated by the kernel and perf.
    var facts = RecordingFacts(
      format: "\(form.words), \(options.isEmpty ? "default" : options.joined(separator: ", "))", byteCount: bytesRead,
      lineCount: pipeline.lines, clock: marks.clock, stampUnit: traits.beginsRaw ? .tick : .ns,
      resolutionNs: traits.hasMicroseconds ? 1000 : 1)
    facts.contentHash = pipeline.contentHash
    facts.incomplete = pipeline.incomplete
    facts.kernelRelease = pipeline.text.kernelRelease ?? marks.kernelRelease
    return facts
  }
}
